"""Pixels that lie in memory plane by plane. To the eye of NumPy they are the same (h, w, 3), only their strides differ;
what takes a picture apart into planes, or puts one together from them, then copies whole rows, many times faster.

Taking apart costs NumPy as much as it saves, and OpenCV nothing worth mention. So this is done where OpenCV is loaded
already, as with every film; elsewhere nothing is. Pixels are the same either way.
"""

import sys

import numpy as np

from pleinair.images.picture import Pixels


def in_planes(pixels: Pixels) -> Pixels:
    """The same pixels (h, w, 3), plane by plane if that is cheap; else those given."""
    cv2 = sys.modules.get("cv2")
    if cv2 is None or not pixels.flags.c_contiguous:
        return pixels
    planes = np.empty((3, *pixels.shape[:2]), pixels.dtype)
    cv2.split(pixels, list(planes))
    return planes.transpose(1, 2, 0)


def in_order(pixels: Pixels) -> Pixels:
    """The same pixels (h, w, 3), pixel by pixel."""
    cv2 = sys.modules.get("cv2")
    planes = pixels.transpose(2, 0, 1)
    if cv2 is None or not planes.flags.c_contiguous:
        return np.ascontiguousarray(pixels)
    return np.asarray(cv2.merge(list(planes)))
