"""Scenes that never were: what a scene is (`spec`), and all that is made from one without any model."""

from pleinair.fiction.render import SIZE, Rendering, render
from pleinair.fiction.spec import Camera, Element, SceneSpec

__all__ = ["SIZE", "Camera", "Element", "Rendering", "SceneSpec", "render"]
