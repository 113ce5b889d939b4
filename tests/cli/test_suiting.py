"""Options that mean nothing for an input are said: refused if for all, named if for some."""

from fractions import Fraction
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from pleinair.batch.plan import Job, Plan
from pleinair.cli import films
from pleinair.cli.films import FilmOptions
from pleinair.cli.light_options import LightOptions
from pleinair.cli.stylize import stylize
from pleinair.cli.suiting import NAMED, RATE, RULES, asked, suited
from pleinair.images import Picture, read, write
from pleinair.render.steady import HOLD
from pleinair.render.windows import WINDOW
from tests.images.lights import deep, scene, write_exr
from tests.images.pictures import smooth

SUFFIXES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "TIFF": "tif", "EXR": "exr", "HDR": "hdr"}
# What each option is for: formats of pictures, and kinds of shots as (read, written).
PICTURES = {
    "--layer": {"EXR"},
    "--exposure": {"EXR", "HDR"},
    "--gutter": {"PNG", "WEBP", "TIFF", "EXR"},
    "--as-picture": set(SUFFIXES),
    "--quality": {"JPEG", "WEBP"},
    "--codec": set(),
    "--crf": set(),
    "--pixel-format": set(),
    "--steady": set(),
    "--fps": set(),
    "--as": set(),
}
MOVING = {  # shot, name of what is written: the options that mean something
    ("a.mp4", None): {"--codec", "--crf", "--pixel-format", "--steady", "--as"},
    ("a.mp4", "a.%d.png"): {"--steady", "--as"},
    ("a.mp4", "a.%d.jpg"): {"--steady", "--as", "--quality"},
    ("a.%d.png", None): {"--steady", "--as", "--gutter"},
    ("a.%d.png", "a.mp4"): {"--steady", "--as", "--codec", "--crf", "--pixel-format", "--fps"},
    ("a.%d.exr", None): {"--steady", "--as", "--exposure", "--layer", "--gutter"},
    ("a.%d.exr", "a.mp4"): {
        *("--steady", "--as", "--exposure", "--layer", "--codec", "--crf", "--pixel-format", "--fps")
    },
}
NOTHING = Plan((), (), ())
OPTIONS = sorted(PICTURES)


def job(name: str) -> Job:
    return Job(Path(name), Path("out") / name)


def of(*names: str, done: tuple[str, ...] = ()) -> Plan:
    return Plan(tuple(map(job, names)), tuple(map(job, done)), ())


def run(*words: object) -> Result:
    return CliRunner().invoke(stylize, [str(word) for word in (*words, "--style", "hokusai")])


def test_every_option_has_its_rule() -> None:
    assert sorted(rule.option for rule in RULES) == OPTIONS
    known = {name for parameter in stylize.params for name in parameter.opts}
    assert known >= set(OPTIONS)


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("kind", SUFFIXES)
def test_what_means_nothing_for_a_picture_is_refused(option: str, kind: str) -> None:
    plan = of(f"a.{SUFFIXES[kind]}")
    if kind in PICTURES[option]:
        assert suited([option], plan, [], None) == (plan, [], [])
        return
    with pytest.raises(click.UsageError, match=rf"^{option} is for .*; there is no such input, so leave it away$"):
        suited([option], plan, [], None)


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("shot", MOVING)
def test_what_means_nothing_for_a_film_or_sequence_is_refused(option: str, shot: tuple[str, str | None]) -> None:
    source, name = Path(shot[0]), shot[1]
    if option in MOVING[shot]:
        assert suited([option], NOTHING, [source], name) == (NOTHING, [source], [])
        return
    with pytest.raises(click.UsageError, match="there is no such input"):
        suited([option], NOTHING, [source], name)


def test_of_several_options_all_are_named_in_one_line() -> None:
    with pytest.raises(click.UsageError) as refusal:
        suited(["--exposure", "--layer"], NOTHING, [Path("a.mp4")], None)
    assert refusal.value.message == (
        "--layer is for OpenEXR; --exposure is for EXR and HDR; there is no such input, so leave them away"
    )


def test_what_means_something_for_one_is_said_of_the_others() -> None:
    plan, shots, lines = suited(["--exposure", "--crf"], of("a.exr", "b.png"), [Path("c.mp4")], None)
    assert (plan, shots) == (of("a.exr", "b.png"), [Path("c.mp4")])
    assert lines == [
        "--exposure is for EXR and HDR; painted without it: b.png, c.mp4",
        "--crf is for what is written as a film; painted without it: a.exr, b.png",
    ]


def test_without_its_layer_nothing_is_painted() -> None:
    plan, shots, lines = suited(["--layer", "--exposure"], of("a.exr", "b.png", "d.hdr"), [Path("c.mp4")], None)
    assert [one.source.name for one in plan.jobs] == ["a.exr"]
    why = "has no layers, which only OpenEXR has; paint it without --layer"
    assert plan.refused == tuple((Path(name), f"{name} {why}") for name in ("b.png", "d.hdr", "c.mp4"))
    assert (shots, lines) == ([], [])  # of what is left out, nothing else is said


def test_what_is_there_already_counts_but_is_not_named() -> None:
    """So the same command gives the same answer when it is typed again."""
    plan, _, lines = suited(["--quality"], of("a.png", done=("b.jpg", "c.png")), [], None)
    assert lines == ["--quality is for JPEG and WebP; painted without it: a.png"]
    assert plan.done == of(done=("b.jpg", "c.png")).done


def test_a_line_does_not_name_hundreds() -> None:
    names = [f"{number}.png" for number in range(100)]
    _, _, (line,) = suited(["--quality"], of("a.jpg", *names), [], None)
    assert line.endswith(f"0.png, {', '.join(names[1:NAMED])} and {100 - NAMED} more")


def test_without_anything_to_paint_that_is_told_instead() -> None:
    refused = Plan((), (), ((Path("a"), "a is not there"),))
    assert suited(OPTIONS, refused, [], None) == (refused, [], [])
    assert suited(["--crf"], NOTHING, [Path("a.%d.xyz")], None)[1] == [Path("a.%d.xyz")]  # told when it is painted


@given(
    st.lists(st.sampled_from(list(SUFFIXES)), max_size=6),
    st.lists(st.sampled_from(list(MOVING)), max_size=3),
    st.sets(st.sampled_from(OPTIONS)),
)
def test_each_input_is_painted_refused_or_named(
    kinds: list[str], moving: list[tuple[str, str | None]], options: set[str]
) -> None:
    plan = of(*(f"{at}.{SUFFIXES[kind]}" for at, kind in enumerate(kinds)))
    shots = [Path(f"s{at}{source}") for at, (source, name) in enumerate(moving) if name is None]
    heeds = [
        PICTURES[option] & {*kinds} or any(option in MOVING[one] for one in moving if one[1] is None)
        for option in options
    ]
    if (kinds or shots) and not all(heeds):
        with pytest.raises(click.UsageError):
            suited(options, plan, shots, None)
        return
    left, moved, lines = suited(options, plan, shots, None)
    every = {one.source for one in plan.jobs} | set(shots)
    refused = {source for source, _ in left.refused}
    assert {one.source for one in left.jobs} | set(moved) == every - refused
    assert not refused or "--layer" in options
    assert len(lines) <= len(options - {"--layer"})


def test_what_holds_by_default_is_not_asked() -> None:
    """The defaults are those of the command, wherever they stand."""
    given: dict[str, object] = {}
    defaults = {parameter.name: parameter for parameter in stylize.params}
    context = click.Context(stylize)
    for name in ("fps", "steady", "quality", "exposure"):
        given[name] = defaults[name].process_value(context, defaults[name].get_default(context))
    assert given == {"fps": RATE, "steady": films.HOLD, "quality": 92, "exposure": (None, False)}
    plain = FilmOptions(None, None, None, films.HOLD, RATE, None)
    assert asked(plain, LightOptions(None, 0), 92, ()) == set()
    every = FilmOptions("h264", 0, "gray", 0.0, Fraction(25), "a.mp4")
    assert asked(every, LightOptions(0.0, 1, "a"), 90, ("*",)) == set(OPTIONS)
    assert asked(plain, LightOptions(None, 0, each=True), 92, ()) == {"--exposure"}


def test_help_pages_say_the_defaults_that_hold() -> None:
    """They are written twice, as a help page cannot ask what needs NumPy."""
    defaults = {parameter.name: parameter.default for parameter in stylize.params}
    assert (defaults["window"], defaults["steady"]) == (WINDOW, HOLD)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    "words", [("--layer", "Fore"), ("--exposure", 1), ("--exposure", "each"), ("--crf", 20), ("--gutter", 2)]
)
def test_nothing_is_painted_where_an_option_means_nothing(tmp_path: Path, words: tuple[object, ...]) -> None:
    write(Picture(smooth(16, 24)), tmp_path / "a.jpg", {})
    for more in ((), ("--plan",)):
        result = run(tmp_path / "a.jpg", *words, "--out", tmp_path / "out", *more)
        assert result.exit_code == 2
        assert result.stderr.splitlines()[-1].startswith(f"Error: {words[0]} is for ")
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("shelf")
def test_films_heed_neither_layer_nor_exposure_and_say_so(tmp_path: Path) -> None:
    pytest.importorskip("av")
    pytest.importorskip("cv2")
    from tests.images.films import make

    film, out = make(tmp_path / "shot.mp4", 2), tmp_path / "out"
    write(Picture(smooth(16, 24)), tmp_path / "a.jpg", {})
    assert run(film, "--layer", "Fore", "--exposure", 2, "--out", out).exit_code == 2
    assert not out.exists()
    result = run(film, tmp_path / "a.jpg", "--quality", 80, "--crf", 30, "--out", out)
    assert (result.exit_code, sorted(path.name for path in out.iterdir())) == (0, ["a.jpg", "shot.mp4"])
    assert result.stderr.splitlines() == [
        f"pleinair: --quality is for JPEG and WebP; painted without it: {film}",
        f"pleinair: --crf is for what is written as a film; painted without it: {tmp_path / 'a.jpg'}",
    ]


@deep
@pytest.mark.usefixtures("shelf")
def test_beside_a_render_pictures_are_named_and_it_is_painted(tmp_path: Path) -> None:
    still = tmp_path / "a.png"
    write(Picture(smooth(16, 24)), still, {})
    colors = {f"Fore.Combined.{name}": scene(16, 24)[:, :, at] for at, name in enumerate("RGB")}
    render = write_exr(tmp_path / "b.exr", colors)
    result = run(render, still, "--exposure", 2, "--out", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (0, "2 painted\n")
    assert result.stderr == f"pleinair: --exposure is for EXR and HDR; painted without it: {still}\n"
    result = run(render, still, "--layer", "Fore", "--out", tmp_path / "fore", "--plan")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (1, "1 to paint")
    result = run(render, still, "--layer", "Fore", "--out", tmp_path / "fore")
    assert (result.exit_code, result.stdout) == (1, "1 painted\n")
    assert f"pleinair: {still} has no layers, which only OpenEXR has; paint it without --layer\n" in result.stderr
    assert [path.name for path in (tmp_path / "fore").iterdir()] == ["b.exr"]
    assert not np.array_equal(read(tmp_path / "fore/b.exr").pixels, read(render).pixels)
