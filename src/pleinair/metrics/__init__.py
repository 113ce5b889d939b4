"""JUDGE: features, distances, contours kept, sharpness, diversity, as named protocols; a score to watch, a rule to
stop by."""
