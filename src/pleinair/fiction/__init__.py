"""Scenes that never were: what a scene is (`spec`), and all that is made from one without any model."""
