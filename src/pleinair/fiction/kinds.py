"""What kinds of scenes are like: ranges out of which a seed draws what its spec leaves open. Meters and shares."""

from typing import NamedTuple

Range = tuple[float, float]
NONE: Range = (0.0, 0.0)


class Nature(NamedTuple):
    """water: none, basin, course, sea or isles. mountains: height; begin: how far away they rise; hills: height and
    wavelength; plain: height of the land about the eye over the water; forest: share of the land; stands: groups of
    plants, and how many plants each has; flowers, rocks: share, number; eye: height of the camera; pitch: degrees."""

    water: str
    mountains: Range
    begin: Range
    hills: Range
    wavelength: Range
    plain: Range
    forest: Range
    stands: tuple[str, ...]
    plants: Range
    flowers: Range
    rocks: Range
    eye: Range
    pitch: Range


NATURES = {
    "lake": Nature("basin", (500, 1700), (500, 1500), (8, 60), (300, 700), (2, 6), (0.2, 0.8),
                   ("pine", "tree"), (2, 40), (0, 0.25), (0, 25), (2.5, 14), (-5, 6)),
    "river": Nature("course", (300, 1500), (600, 2000), (10, 70), (250, 700), (1.5, 5), (0.25, 0.8),
                    ("tree", "pine", "bush"), (8, 60), (0, 0.35), (4, 40), (5, 22), (-8, 3)),
    "coast": Nature("sea", (0, 500), (900, 2500), (10, 90), (250, 700), (2, 30), (0.05, 0.4),
                    ("bush", "palm", "tree"), (0, 14), (0, 0.2), (6, 50), (3, 25), (-8, 3)),
    "island": Nature("isles", (0, 0), (4000, 5000), (5, 30), (200, 500), (3, 14), (0.3, 0.9),
                     ("palm", "tree"), (0, 30), NONE, (0, 20), (4, 20), (-4, 5)),
    "mountains": Nature("none", (1000, 2400), (250, 900), (10, 90), (400, 900), (20, 40), (0.1, 0.6),
                        ("pine",), (0, 40), (0, 0.4), (5, 60), (4, 30), (0, 11)),
    "hills": Nature("none", (0, 350), (1800, 3500), (30, 110), (350, 800), (15, 30), (0.08, 0.45),
                    ("tree", "bush"), (6, 60), (0, 0.4), (0, 12), (8, 30), (-5, 4)),
    "valley": Nature("course", (900, 2000), (350, 900), (10, 60), (300, 700), (2, 6), (0.3, 0.75),
                     ("pine", "tree"), (8, 60), (0, 0.45), (0, 30), (15, 55), (-6, 6)),
    "canyon": Nature("course", (0, 0), (5000, 6000), (2, 12), (200, 500), (2, 4), NONE,
                     ("bush",), (0, 40), NONE, (10, 70), (20, 90), (-9, 4)),
    "desert": Nature("none", (0, 500), (1800, 4000), (9, 26), (80, 200), (20, 30), NONE,
                     ("bush", "palm"), (0, 8), NONE, (0, 10), (12, 38), (-8, 2)),
    "meadow": Nature("none", (0, 1300), (1200, 2600), (3, 25), (250, 600), (12, 20), (0.1, 0.5),
                     ("tree", "bush"), (2, 40), (0.25, 0.9), (0, 8), (1.8, 7), (-7, 4)),
    "forest": Nature("none", (0, 900), (900, 2200), (8, 50), (250, 500), (12, 20), (0.85, 1.0),
                     ("tree", "pine"), (60, 150), (0, 0.25), (0, 30), (2, 12), (-3, 8)),
    "glacier": Nature("basin", (1100, 2300), (350, 900), (8, 50), (300, 700), (2, 5), (0, 0.12),
                      ("pine",), (0, 6), NONE, (15, 70), (3, 25), (-4, 7)),
}  # fmt: skip
