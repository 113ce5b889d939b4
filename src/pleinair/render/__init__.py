"""Painting with any engine: windows, working size, strength. Knows arrays and engines; no files, no torch."""
