"""JUDGE: features, distances, contours, sharpness, diversity, named protocols; a score to watch, a rule to stop by."""
