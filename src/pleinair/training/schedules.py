"""Schedules are functions of pictures seen, so that a resumed, shortened or distributed run follows the same ones."""

import math

from pleinair.training.run import Rate


def rate_at(rate: Rate, seen_pictures: int, pictures: int) -> float:
    """The learning rate after `seen_pictures` of `pictures`."""
    warm = min(1.0, (seen_pictures + 1) / max(1, rate.warmup_pictures))
    begin = pictures * (1 - rate.decay_share)
    if seen_pictures <= begin:
        return rate.peak * warm
    way = min(1.0, (seen_pictures - begin) / max(1.0, pictures - begin))
    return rate.peak * warm * (rate.floor + (1 - rate.floor) * 0.5 * (1 + math.cos(math.pi * way)))


def average_decay(half_life_pictures: int, batch: int, seen_pictures: int) -> float:
    """Decay per step of averaged weights. Early on the half-life is a tenth of what has been seen, so that the first,
    untrained weights are soon forgotten (Karras et al., EDM2's ramp, 2024)."""
    half_life = min(half_life_pictures, max(batch, seen_pictures // 10))
    return float(0.5 ** (batch / half_life))
