"""JUDGE: features, distances, neighbors, copies, contours, sharpness, named protocols, reports; a rule to stop by."""
