"""Where a scene's land rises and where its water lies: what was asked for, and what is usual for the kind."""

from math import cos, pi, radians, sin

from pleinair.fiction.covering import Fall
from pleinair.fiction.kinds import Nature
from pleinair.fiction.noise import Draws
from pleinair.fiction.placing import SIZES, spot
from pleinair.fiction.spec import Camera, Element, SceneSpec
from pleinair.fiction.terrain import Basin, Course, Land, Rise, Sea

RISES = ("mountain", "peak", "hill", "cliff", "dune")


def land(spec: SceneSpec, asked: dict[str, Element], nature: Nature, kind: str, camera: Camera, draws: Draws) -> Land:
    without = set(spec.without)
    height = 0.0 if without & {"mountain"} else draws.between("mountains", *nature.mountains)
    if kind not in ("mountains", "glacier", "valley") and draws.chance("no mountains", 0.3):
        height *= 0.3
    gap = draws.between("gap", -pi, pi) * 0.5
    offset = (draws.between("east", -20000, 20000), draws.between("north", -20000, 20000))
    bends = tuple(
        (
            draws.between(f"bend {n}", 0.3, 1) * size,
            draws.between(f"length {n}", 0.7, 1.4) * length,
            draws.number(f"phase {n}"),
        )
        for n, (size, length) in enumerate(((70.0, 900.0), (22.0, 310.0)))
    )
    return Land(
        mountains=height,
        begin=draws.between("begin", *nature.begin),
        range_period=draws.between("period", 4500, 8500),
        gap=(sin(gap), cos(gap)),
        gap_depth=draws.between("gap depth", 0, 0.8),
        hills=0.0 if "hill" in without else draws.between("hills", *nature.hills),
        wavelength=draws.between("wavelength", *nature.wavelength),
        dunes=kind == "desert" and "dune" not in without,
        canyon=draws.between("canyon", 90, 260) if kind == "canyon" else 0.0,
        valley=draws.between("valley", 150, 450) if kind == "valley" else 0.0,
        plain=draws.between("plain", *nature.plain),
        beach=draws.between("beach", 0.05, 0.3),
        waters=_waters(spec, asked, nature, kind, camera, bends, draws),
        isles=_isles(asked, kind, camera, draws),
        rises=_rises(spec, kind, camera, draws),
        forest=0.0 if without & {"forest", "tree"} else draws.between("forest", *nature.forest),
        forest_near=85.0 if kind == "forest" else draws.between("forest near", 60, 300),
        tree_line=draws.between("tree line", 350, 900),
        offset=offset,
    )


def _waters(
    spec: SceneSpec, asked: dict[str, Element], nature: Nature, kind: str, camera: Camera,
    bends: tuple[tuple[float, float, float], ...], draws: Draws,
) -> tuple[Basin | Course | Sea, ...]:  # fmt: skip
    """Water that the kind has and water that was asked for."""
    without = set(spec.without)
    found: list[Basin | Course | Sea] = []
    if (nature.water == "basin" and "lake" not in without) or "lake" in asked:
        far, wide = draws.between("lake far", 250, 900), draws.between("lake wide", 220, 900)
        begins = draws.between("lake begins", 12, 40)
        shift = draws.between("lake aside", -0.4, 0.4) * wide
        found.append(Basin(shift, begins + far, wide, far, 10.0))
    if (nature.water == "course" and "river" not in without) or "river" in asked:
        width = draws.between("river wide", 10, 45) if kind != "canyon" else draws.between("river wide", 10, 25)
        x = draws.between("river aside", 0.6, 1.2) * width * (1 if draws.chance("river right", 0.5) else -1)
        found.append(Course(x, width, bends))
    if (nature.water == "sea" and "sea" not in without) or ("sea" in asked and kind != "island"):
        angle = draws.between("sea toward", 48, 92) * (1 if draws.chance("sea right", 0.5) else -1)
        found.append(Sea(sin(radians(angle)), cos(radians(angle)), draws.between("sea begins", 6, 40)))
    if "pond" in asked:
        x, y = spot(asked["pond"], camera, draws, "pond", "middle")
        size = SIZES[asked["pond"].size] * 22
        found.append(Basin(x * 0.7, y + size, size * 1.5, size, 2.0))
    return tuple(found)


def _isles(asked: dict[str, Element], kind: str, camera: Camera, draws: Draws) -> tuple[Rise, ...] | None:
    if kind != "island":
        return None
    element = asked.get("island")
    count = (element.count if element else None) or int(draws.between("isles", 1, 4.99))
    found = []
    for n in range(count):
        x, y = spot(element, camera, draws, f"isle {n}", "background")
        radius = draws.between(f"isle size {n}", 0.16, 0.4) * y * SIZES[element.size if element else None]
        found.append(Rise("island", x * 0.8, y + radius, radius, radius * draws.between(f"isle high {n}", 0.25, 0.7)))
    return tuple(found)


def _rises(spec: SceneSpec, kind: str, camera: Camera, draws: Draws) -> tuple[Rise, ...]:
    """Mountains, hills and cliffs that were asked for by number or place."""
    found = []
    for n, element in enumerate(each for each in spec.elements if each.what in RISES):
        for m in range(min(element.count or 1, 12)):
            name = f"rise {n} {m}"
            x, y = spot(element, camera, draws, name, "background")
            if element.what in ("mountain", "peak"):
                y, x = y * 2.5, x * 2.5
            radius = {"mountain": 0.5, "peak": 0.42, "hill": 0.4, "cliff": 0.35, "dune": 0.3}[element.what] * y
            height = {"mountain": 0.6, "peak": 0.85, "hill": 0.25, "cliff": 0.35, "dune": 0.2}[element.what] * radius
            what = "peak" if element.what == "mountain" else element.what
            size = SIZES[element.size] * draws.between(f"{name} size", 0.8, 1.2)
            found.append(Rise(what, x, y + radius * 0.5, radius * size, height * size))
    return tuple(found) + (_headlands(draws) if kind == "coast" and "cliff" not in spec.without else ())


def _headlands(draws: Draws) -> tuple[Rise, ...]:
    """Cliffs along a coast, on the side where the land is."""
    side = -1 if draws.chance("sea right", 0.5) else 1
    found = []
    for n in range(int(draws.between("headlands", 0, 3.99))):
        y = draws.between(f"headland deep {n}", 180, 1100)
        radius = draws.between(f"headland size {n}", 0.3, 0.6) * y
        x = side * draws.between(f"headland aside {n}", 0.1, 0.6) * y
        found.append(Rise("cliff", x, y, radius, draws.between(f"headland high {n}", 0.12, 0.3) * radius))
    return tuple(found)


def behind(fall: Fall) -> Rise:
    """The cliff that a waterfall comes over; its edge is about 0.6 of its radius from its middle."""
    radius = fall.height * 2.6
    return Rise("cliff", fall.x, fall.y + radius * 0.6, radius, fall.height)
