"""`pleinair train`: one command that starts, goes on, refuses, and ends politely."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from pleinair.cli.main import INTERRUPTED, main
from pleinair.networks.layers import STATISTICS
from pleinair.recipes import watching
from pleinair.training import checkpoint, launch
from tests.training.processes import command, started
from tests.training.rehearsal import look_little, write_classifier, write_folder, write_frozen, write_pack

ROOT = Path(__file__).parents[2]
ROWS = tuple(f".{name}" for name in ("scale", "gain", "bias", "own_out", "own_in", *STATISTICS))  # one of each style


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few and small pictures are looked at; nothing is taken from the machine's own settings."""
    look_little(monkeypatch.setattr)
    for variable in ("PLEINAIR_FEATURES_VGG", "PLEINAIR_FEATURES_ONNX", "PLEINAIR_FEATURES_SQUEEZENET", "WORLD_SIZE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a user has: a folder of photos, a pack and a folder of paintings, a file of features."""
    home = tmp_path_factory.mktemp("given")
    write_folder(home / "photos", 0)
    write_folder(home / "dots", 1, count=9)
    write_pack(home / "lines.pack", 2)
    write_frozen(home / "vgg.safetensors")
    return home


def words(given: Path, run: Path, *more: str, style: str = "lines=lines.pack") -> list[str]:
    name, _, file = style.partition("=")
    base = ["train", "translate", "--content", str(given / "photos"), "--style", f"{name}={given / file}"]
    return [*base, "--run", str(run), "--tiny", "--pictures", "8", *more]


@pytest.fixture(scope="module")
def trained(given: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run on pixels alone."""
    run = tmp_path_factory.mktemp("runs") / "first"
    with pytest.MonkeyPatch.context() as patch:
        look_little(patch.setattr)
        assert main(words(given, run)) == 0
    return run


def test_with_renders_and_no_style_photo_is_all_that_is_learned(
    given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, sees = tmp_path / "run", ["--features", str(given / "vgg.safetensors"), "--tiny", "--pictures", "8"]
    seen: list[list[str]] = []
    paintings = watching.Watched._paintings

    def watched(self: watching.Watched, count: int) -> list[watching.Pixels]:
        seen.append([name for name in self.packs if name != "photo"])
        return paintings(self, count)

    monkeypatch.setattr(watching.Watched, "_paintings", watched)
    folders = ["--content", str(given / "photos"), "--render", f"lines={given / 'lines.pack'}"]
    assert main(["train", "translate", *folders, *sees, "--run", str(run)]) == 0
    assert checkpoint.read(run / checkpoint.AVERAGE)[1]["styles"] == ["photo"]
    assert ["lines"] in seen  # shown, and judged by, what it makes photos of
    assert main(["export", str(run), "--out", str(tmp_path / "real.onnx")]) == 0
    assert "photo" in capsys.readouterr().out


def test_neither_style_nor_render_is_refused(given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    assert main(["train", "translate", "--content", str(given / "photos"), "--run", str(run)]) == 2
    assert "--style NAME=DIR, or pictures that shall become photos by --render" in capsys.readouterr().err
    assert not run.exists()


def test_a_run_from_folders_and_packs(given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, more = tmp_path / "run", ["--style", f"dots={given / 'dots'}", "--features", str(given / "vgg.safetensors")]
    assert main(words(given, run, *more)) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[-2:] == ["ended: all pictures seen", f"export it: pleinair export {run}"]
    assert "dots: 9 pictures prepared, 0 left out" in err
    assert "dots: 9 pictures are few" in err
    assert sorted(path.name for path in (run / "packs").glob("*.pack")) == ["content.pack", "dots.pack"]
    facts = checkpoint.read(run / checkpoint.AVERAGE)[1]
    assert facts["styles"] == ["photo", "lines", "dots"]
    assert '"recipe": "translate"' in (run / "run.json").read_text()


def test_a_classifier_looks_on_where_one_is_given(
    given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seeing = ["--features", str(given / "vgg.safetensors")]
    monkeypatch.setenv("PLEINAIR_FEATURES_SQUEEZENET", str(write_classifier(tmp_path / "squeeze.safetensors")))
    assert main(words(given, tmp_path / "run", *seeing)) == 0
    assert '"classifier": "squeezenet1_1"' in (tmp_path / "run" / "run.json").read_text()
    assert "discriminator/meant.works" in " ".join(checkpoint.read(tmp_path / "run" / checkpoint.STATE)[0])
    monkeypatch.delenv("PLEINAIR_FEATURES_SQUEEZENET")
    assert main(words(given, tmp_path / "other", *seeing, "--classifier", str(tmp_path / "nowhere"))) != 0
    assert "nowhere" in capsys.readouterr().err
    pack = tmp_path / "run.safetensors"
    assert main(["train", "pack", str(tmp_path / "run"), str(pack)]) == 0
    assert not any("meant" in name for name in checkpoint.read(pack)[0])


def test_the_same_command_again_has_nothing_left_to_do(
    given: Path, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (trained / checkpoint.STATE).read_bytes()
    assert main(words(given, trained)) == 0
    out, err = capsys.readouterr()
    assert "ended: all pictures seen" in out
    assert "going on from 8 pictures" in err
    assert "prepared" not in err
    assert (trained / checkpoint.STATE).read_bytes() == before


def test_without_features_pixels_must_do(trained: Path) -> None:
    assert '"recipe": "translate_plain"' in (trained / "run.json").read_text()


def test_a_style_may_be_held_more_loosely(given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = ["--features", str(given / "vgg.safetensors"), "--hold", "lines=0.25"]
    more += ["--calm", "photo=0.5", "--calm", "lines=2"]
    assert main(words(given, tmp_path / "run", *more)) == 0
    run = json.loads((tmp_path / "run/run.json").read_text())
    assert run["settings"]["content_shares"] == [1.0, 0.25]
    assert run["settings"]["quiet_shares"] == [0.5, 2.0]
    capsys.readouterr()
    for option, wrong, said in (
        ("--hold", "lines", "NAME=SHARE"),
        ("--hold", "lines=-1", "NAME=SHARE"),
        ("--hold", "nobody=1", "nobody: no style of this run"),
        ("--calm", "lines", "NAME=SHARE"),
        ("--calm", "nobody=1", "nobody: no style of this run"),
    ):
        assert main(words(given, tmp_path / "other", *more[:2], option, wrong)) != 0
        assert said in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "other/state.safetensors").exists()


def test_other_settings_are_refused_with_the_difference(
    given: Path, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(given, trained, "--seed", "5")) == 1
    assert main(words(given, trained, style="other=lines.pack")) == 1
    assert main([*words(given, trained), "--pictures", "12"]) == 1
    err = [line for line in capsys.readouterr().err.splitlines() if line.startswith("pleinair: ")]
    assert len(err) == 3
    assert f"{trained} holds another recipe (seed: 0 → 5); choose another --run or the same settings" in err[0]
    assert "styles" in err[1]
    assert "pictures: 8 → 12" in err[2]
    assert not (trained / "packs/other.pack").exists()


def test_a_pack_is_small_and_begins_a_run_with_one_more_style(
    given: Path, trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = tmp_path / "resume" / "lines.safetensors"
    assert main(["train", "pack", str(trained), str(pack)]) == 0
    size = pack.stat().st_size / 2**20
    assert capsys.readouterr().out.startswith(f"{pack}: {size:.1f} MiB; ")
    more = ["--style", f"dots={given / 'dots'}", "--from", str(pack), "--for", "1s"]
    assert main(words(given, tmp_path / "run", *more)) == 0
    assert f"warm start from {pack}\n" in capsys.readouterr().err


def test_a_style_joins_and_the_others_stay_bit_for_bit(
    given: Path, trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = ["train", "translate", "--content", str(given / "photos"), "--style", f"dots={given / 'dots'}"]
    rest = ["--run", str(tmp_path / "run"), "--tiny", "--pictures", "16", "--recipe", "translate_plain"]
    assert main([*base, *rest, "--join", "--from", str(trained)]) == 0
    before, _ = checkpoint.read(trained / checkpoint.AVERAGE)
    after, facts = checkpoint.read(tmp_path / "run" / checkpoint.AVERAGE)
    assert facts["styles"] == ["photo", "lines", "dots"]
    assert before.keys() == after.keys()
    moved = []
    for name, old in before.items():
        new = after[name]
        if name.endswith(ROWS):
            assert torch.equal(new[:2], old), name
            moved.append(not torch.allclose(new[2], old.mean(0)))
        else:
            assert torch.equal(new, old), name
    assert sum(moved) > len(moved) // 2  # the new style has learned
    capsys.readouterr()
    for more, said in (
        (["--join"], "--join needs a trunk to join"),
        (["--join", "--from", str(tmp_path / "run")], "knows photo, dots already"),
        (["--join", "--from", str(given / "lines.pack")], "no saving that can be read"),
    ):
        assert main([*base, "--run", str(tmp_path / "other"), "--tiny", *more]) == 1
        assert said in capsys.readouterr().err


def test_only_one_style_goes_on_and_the_others_stay_bit_for_bit(
    given: Path, trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = ["train", "translate", "--content", str(given / "photos"), "--style", f"lines={given / 'lines.pack'}"]
    rest = ["--run", str(tmp_path / "run"), "--tiny", "--pictures", "16", "--recipe", "translate_plain"]
    assert main([*base, *rest, "--only", "lines", "--from", str(trained)]) == 0
    before, _ = checkpoint.read(trained / checkpoint.AVERAGE)
    after, facts = checkpoint.read(tmp_path / "run" / checkpoint.AVERAGE)
    assert facts["styles"] == ["photo", "lines"]
    moved = []
    for name, old in before.items():
        if name.endswith(ROWS):
            assert torch.equal(after[name][0], old[0]), name
            moved.append(not torch.equal(after[name][1], old[1]))
        else:
            assert torch.equal(after[name], old), name
    assert all(moved)
    capsys.readouterr()
    for more, said in (
        (["--only", "lines"], "--only needs a trunk to join"),
        (["--only", "dots", "--from", str(trained)], "dots: no style of the trunk; it knows photo, lines"),
    ):
        assert main([*base, "--run", str(tmp_path / "other"), "--tiny", *more]) == 1
        assert said in capsys.readouterr().err


@pytest.mark.parametrize("content", ["text", "nothing", "average"])
def test_what_is_no_saving_makes_no_pack_and_begins_no_run(
    given: Path, trained: Path, tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = tmp_path / "foreign"
    if content == "text":
        foreign.write_text("dear")
    if content == "average":
        foreign.write_bytes((trained / checkpoint.AVERAGE).read_bytes())
    assert main(["train", "pack", str(foreign), str(tmp_path / "p")]) == 1
    assert main(words(given, tmp_path / "run", "--from", str(foreign))) == 1
    complaints = [line for line in capsys.readouterr().err.splitlines() if line.startswith("pleinair: ")]
    assert len(complaints) == 2
    assert all("foreign" in line for line in complaints)
    assert not (tmp_path / "p").exists()
    assert not (tmp_path / "run" / checkpoint.STATE).exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--pictures", "many"], "'many' is no number of pictures; write it as 400000, 400k or 1.5M"),
        (["--pictures", "0"], "is no number of pictures"),
        (["--for", "25"], "'25' is no time; write it as 90s, 25min or 2h"),
        (["--style", "klimt"], "'klimt' is not NAME=DIR"),
        (["--style", "a b=x"], "is not NAME=DIR"),
        (["--style", "lines=x"], "'lines' is taken"),
        (["--style", "content=x"], "'content' is taken"),
        (["--seed", "-1"], "--seed"),
        (["--recipe", "cycle"], "--recipe"),
    ],
)
def test_a_command_line_that_cannot_be_is_not_understood(
    given: Path, tmp_path: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(given, tmp_path / "run", *more)) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--style", "klimt=nowhere"], "nowhere: no such folder or pack of pictures"),
        (["--from", "nowhere"], "--from nowhere: no such run or pack"),
        (["--features", "nowhere"], "--features nowhere: no such file; check the path"),
        (["--judge", "nowhere"], "--judge nowhere: no such file; check the path"),
        (["--recipe", "translate"], "give its file by --features"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(
    given: Path, tmp_path: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(given, tmp_path / "run", *more)) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("pleinair: ")
    assert said in last


def test_features_may_be_named_by_the_environment(
    given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLEINAIR_FEATURES_VGG", "nowhere")
    assert main(words(given, tmp_path / "run")) == 1
    assert "nowhere: no such file; check $PLEINAIR_FEATURES_VGG" in capsys.readouterr().err


def test_too_few_pictures_are_said_before_anything_is_trained(
    given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_folder(tmp_path / "few", 1, count=3)
    assert main(words(given, tmp_path / "run", "--style", f"few={tmp_path / 'few'}")) == 1
    assert "at least 8 are needed" in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "run" / checkpoint.STATE).exists()


def test_a_folder_of_something_else_is_left_alone(
    given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letters.txt").write_text("dear")
    assert main(words(given, tmp_path)) == 1
    assert "is not empty and holds no run; choose another --run" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


@pytest.mark.parametrize("verb", [["translate"], ["pack"]])
def test_without_pytorch_the_extra_is_named(
    given: Path,
    trained: Path,
    tmp_path: Path,
    verb: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("pleinair.cli.training.find_spec", lambda name: None if name == "torch" else object())
    line = (
        words(given, tmp_path / "run")
        if verb == ["translate"]
        else ["train", "pack", str(trained), str(tmp_path / "p")]
    )
    assert main(line) == 1
    assert 'pip install "pleinair[train]"' in capsys.readouterr().err


def test_an_interrupted_training_exits_as_shells_expect(
    given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(launch, "launch", interrupted)
    assert main(words(given, tmp_path / "run")) == INTERRUPTED


@pytest.mark.skipif(os.name == "nt", reason="signals of another process are a matter of POSIX")
def test_ctrl_c_and_sigterm_save_and_the_same_command_goes_on(given: Path, tmp_path: Path) -> None:
    run, said = tmp_path / "run", tmp_path / "said.txt"
    line = [*words(given, run), "--pictures", "400"]
    before = -1
    for number in (signal.SIGINT, signal.SIGTERM):
        process = started(command, line, said)
        wait_for_progress(run, before)
        assert process.pid is not None
        os.kill(process.pid, number)
        process.join(120)
        assert process.exitcode == INTERRUPTED
        assert [text for text in said.read_text("utf-8").splitlines() if text][-1] == (
            "interrupted and saved; the same command goes on from here"
        )
        seen = checkpoint.read(run / checkpoint.STATE)[1]["seen_pictures"]
        assert seen > max(0, before)
        before = seen
    assert f"going on from {before}" not in said.read_text("utf-8")
    assert re.search(r"going on from \d+ pictures", said.read_text("utf-8"))


def wait_for_progress(run: Path, before: int) -> None:
    """Until there is a line of a step later than `before`."""
    begun = time.monotonic()
    while time.monotonic() - begun < 240:
        if (run / "stats.jsonl").exists():
            lines = re.findall(r'"seen_pictures": (\d+)', (run / "stats.jsonl").read_text("utf-8"))
            if lines and int(lines[-1]) > before + 4:
                return
        time.sleep(0.05)
    raise AssertionError("no progress in four minutes")


def test_the_help_is_readable_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from pleinair.cli.main import main; code = main(['train', 'translate', '--help']); "
        "assert not {'torch', 'numpy', 'PIL', 'lightning_fabric'} & set(sys.modules); sys.exit(code)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=environment, timeout=60
    )
    assert done.returncode == 0, done.stderr
    for option in ("--content", "--style", "--run", "--pictures", "--for", "--from", "--features", "--tiny"):
        assert option in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
