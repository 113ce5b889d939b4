"""`pleinair gallery`: its own sentences, sentences of one's own, what is said, and one line for what cannot be."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pleinair.cli.main import main
from pleinair.demo.sentences import SEED
from tests.quick_world import quick_world

__all__ = ["quick_world"]

pytestmark = pytest.mark.usefixtures("quick_world", "shelf")
Gallery = Callable[..., int]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def gallery(out: Path) -> Gallery:
    """`pleinair gallery`, small, into `out`, of the sentences and with the words given."""
    return lambda sentences, *words: main(
        ["gallery", "--size", "48x32", "--out", str(out), *(w for s in sentences for w in ("--sentence", s)), *words]
    )


def test_sentences_become_a_page(gallery: Gallery, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert gallery(["a lake by hokusai", "dunes at dawn"], "--seed", "3") == 0
    shown = capsys.readouterr()
    assert shown.out == f"2 painted\nsheet: {out / 'sheet.jpg'}\npage:  {out / 'index.html'}\n"
    assert shown.err == ""
    assert (out / "02/seed0003.png").is_file()
    text = (out / "index.html").read_text(encoding="utf-8")
    assert "pleinair imagine --seeds 3 --stages --size 48x32 --out 01 -- &#x27;a lake by hokusai&#x27;" in text


def test_by_default_the_packages_own(
    gallery: Gallery, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = ("a lake, photo", "a forest as an ink painting")
    monkeypatch.setattr("pleinair.demo.sentences.SENTENCES", own)
    assert gallery([]) == 0
    assert capsys.readouterr().out.startswith("2 painted\n")
    assert all(sentence in (out / "index.html").read_text(encoding="utf-8") for sentence in own)


def test_the_same_command_goes_on(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    assert gallery(["a lake"]) == 0
    assert gallery(["a lake", "a forest"]) == 0
    assert "1 painted, 1 there already (--overwrite paints anew)\n" in capsys.readouterr().out
    assert gallery(["a lake", "a forest"], "--overwrite") == 0
    assert capsys.readouterr().out.startswith("2 painted\n")


def test_a_bad_sentence_is_named_and_the_others_painted(
    gallery: Gallery, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gallery(["a castle", "a lake"], "--open") == 1
    shown = capsys.readouterr()
    assert shown.err.count("\n") == 1
    assert shown.err.startswith("pleinair: sentence 1, 'a castle': nothing is left to paint without castle")
    assert shown.out.startswith("1 painted\n")
    assert sorted(path.name for path in out.iterdir()) == ["02", "index.html", "sheet.jpg"]


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser was asked to open."""
    asked: list[str] = []
    monkeypatch.setattr("webbrowser.open", asked.append)
    return asked


@pytest.mark.parametrize(("words", "times"), [((), 0), (("--open",), 1)])
def test_open_opens_the_page(
    gallery: Gallery, out: Path, opened: list[str], words: tuple[str, ...], times: int
) -> None:
    assert gallery(["a lake"], *words) == 0
    assert opened == [(out / "index.html").resolve().as_uri()] * times


@pytest.mark.parametrize(
    ("sentences", "words", "expected"),
    [
        ([""], (), "sentence 1, '': the sentence is empty"),
        (["a castle", "😀"], (), "sentence 2, '😀': the sentence has no words"),
        (["lake " * 10_000], (), "the sentence is too long"),
        (["a lake"], ("--size", "large"), "'large' is no size"),
        (["a lake"], ("--size", "20000x20000"), "at most 16,000,000"),
        (["a lake"], ("--seed", "-1"), "a seed is a number from 0"),
    ],
)
def test_what_cannot_be_is_one_line(
    gallery: Gallery,
    out: Path,
    capsys: pytest.CaptureFixture[str],
    sentences: list[str],
    words: tuple[str, ...],
    expected: str,
) -> None:
    assert gallery(sentences, *words) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("pleinair: ")
    assert expected in shown.err
    assert shown.err.count("\n") == 1
    assert not out.exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_is_read_only(gallery: Gallery, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out.mkdir(mode=0o500)
    assert gallery(["a lake"]) == 1
    assert "cannot be written to" in capsys.readouterr().err


def test_a_file_in_the_place_of_the_folder(gallery: Gallery, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out.write_text("mine")
    assert gallery(["a lake"]) == 1
    assert "a file stands where its folder should be" in capsys.readouterr().err
    assert out.read_text() == "mine"


def test_the_default_seed_is_the_one_that_the_help_says(
    gallery: Gallery, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gallery(["a lake"]) == 0
    assert (out / f"01/seed{SEED:04}.png").is_file()
    capsys.readouterr()
    assert main(["gallery", "--help"]) == 0
    assert f"[default: {SEED}]" in capsys.readouterr().out
