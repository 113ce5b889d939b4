"""Named models: where they are, which one a name means, that they are whole; fetching from a server on this machine."""

import hashlib
import http.server
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pleinair import store
from pleinair.errors import ModelError, OutputError, UnknownModelError, UnknownStyleError
from pleinair.store import (
    SUMS,
    catalog,
    check_style,
    fetch,
    fetch_file,
    models_folder,
    name_for,
    resolve,
    sha256_of,
    suggestion,
)

MakeTrunk = Callable[..., Path]


# ── the user's folder ────────────────────────────────────────────────────────────────────────────────────────────────


def test_home_is_where_the_variable_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PLEINAIR_HOME", str(tmp_path))
    assert models_folder() == tmp_path / "models"
    monkeypatch.setenv("PLEINAIR_HOME", "~/art")
    assert models_folder() == Path.home() / "art" / "models"


@pytest.mark.parametrize(
    ("platform", "variable", "expected"),
    [
        ("linux", "XDG_DATA_HOME", "base/pleinair/models"),
        ("win32", "LOCALAPPDATA", "base/pleinair/models"),
    ],
)
def test_each_platform_has_its_place(
    platform: str, variable: str, expected: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PLEINAIR_HOME", raising=False)
    monkeypatch.setattr("pleinair.store.sys.platform", platform)
    monkeypatch.setenv(variable, str(tmp_path / "base"))
    assert models_folder() == tmp_path / expected


@pytest.mark.parametrize(
    ("platform", "variable", "expected"),
    [
        ("linux", "XDG_DATA_HOME", ".local/share/pleinair/models"),
        ("win32", "LOCALAPPDATA", "AppData/Local/pleinair/models"),
        ("darwin", "XDG_DATA_HOME", "Library/Application Support/pleinair/models"),
    ],
)
def test_each_platform_has_its_default(
    platform: str, variable: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PLEINAIR_HOME", raising=False)
    monkeypatch.setattr("pleinair.store.sys.platform", platform)
    monkeypatch.delenv(variable, raising=False)
    assert models_folder() == Path.home() / expected


# ── the catalog ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_catalog_has_the_shipped_first_then_the_users(shelf: Path, own_folder: Path, make_trunk: MakeTrunk) -> None:
    make_trunk(own_folder / "alps.onnx", ("klimt",))
    found = catalog()
    assert [(model.name, model.origin) for model in found.models] == [("landscape", "shipped"), ("alps", "local")]
    assert found.models[0].path == shelf / "landscape.onnx"
    assert found.models[1].spec.styles == ("klimt",)
    assert found.broken == {}


@pytest.mark.usefixtures("shelf")
def test_a_broken_file_is_complained_about_and_the_rest_listed(own_folder: Path, make_trunk: MakeTrunk) -> None:
    (own_folder / "broken.onnx").write_bytes(b"not a model")
    make_trunk(own_folder / "whole.onnx", ("klimt",))
    found = catalog()
    assert [model.name for model in found.models] == ["landscape", "whole"]
    assert list(found.broken) == [own_folder / "broken.onnx"]
    with pytest.raises(ModelError, match=r"broken\.onnx") as caught:
        resolve("broken")
    assert str(caught.value) == found.broken[own_folder / "broken.onnx"]


def test_without_a_models_folder_there_are_the_shipped(shelf: Path, own_folder: Path) -> None:
    own_folder.rmdir()
    assert [model.path.parent for model in catalog().models] == [shelf]


def test_other_files_are_no_models(own_folder: Path, shelf: Path) -> None:
    (own_folder / "notes.txt").write_text("hello")
    (own_folder / ".half-fetched.part").write_bytes(b"")
    assert len(catalog().models) == 1
    assert catalog().broken == {}
    assert shelf.is_dir()


def test_a_model_knows_its_size_and_its_card(shelf: Path) -> None:
    model = catalog().models[0]
    assert model.size_bytes == (shelf / "landscape.onnx").stat().st_size
    assert model.card == shelf / "landscape.md"
    (shelf / "landscape.md").unlink()
    assert model.card is None


# ── which model a name means ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("shelf")
def test_a_models_name() -> None:
    model, style = resolve("landscape")
    assert (model.name, style) == ("landscape", None)


@pytest.mark.usefixtures("shelf")
def test_a_styles_name() -> None:
    model, style = resolve("shanshui")
    assert (model.name, style) == ("landscape", "shanshui")


def test_among_equals_the_shipped_comes_first(shelf: Path, own_folder: Path, make_trunk: MakeTrunk) -> None:
    make_trunk(own_folder / "aaa.onnx", ("hokusai", "klimt"))
    make_trunk(own_folder / "landscape.onnx", ("klimt",))
    assert resolve("hokusai")[0].path.parent == shelf
    assert resolve("landscape")[0].path.parent == shelf
    assert resolve("klimt")[0].path == own_folder / "aaa.onnx"


@pytest.mark.usefixtures("shelf")
def test_several_styles_ask_for_a_painter_that_has_them_all(own_folder: Path, make_trunk: MakeTrunk) -> None:
    make_trunk(own_folder / "photo.onnx", ("photo",))
    make_trunk(own_folder / "waves.onnx", ("hokusai", "klimt"))
    assert name_for(["photo"]) == "photo"  # a model of that name, or the first that has the style
    assert name_for(["photo", "hokusai"]) == "landscape"
    assert name_for(["klimt", "hokusai", "klimt"]) == "klimt"  # whoever is found by it has both
    assert name_for(["hokusai", "klimt"]) == "waves"
    assert name_for(["klimt", "photo"]) == "klimt"  # none has both: what is asked of it then says so
    assert name_for([]) is None


@pytest.mark.usefixtures("shelf")
def test_a_painter_that_hides_behind_another_of_its_name_is_found_by_its_styles(
    own_folder: Path, make_trunk: MakeTrunk
) -> None:
    make_trunk(own_folder / "landscape.onnx", ("hokusai", "klimt"))
    assert name_for(["klimt", "hokusai"]) == "klimt"  # `landscape` would be the shipped one
    assert resolve("klimt")[0].path == own_folder / "landscape.onnx"


@pytest.mark.usefixtures("shelf")
def test_a_model_comes_before_a_style_of_the_same_name(own_folder: Path, make_trunk: MakeTrunk) -> None:
    make_trunk(own_folder / "hokusai.onnx", ("wave", "fuji"))
    model, style = resolve("hokusai")
    assert (model.path, style) == (own_folder / "hokusai.onnx", None)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("spelling", [str, Path, lambda path: os.path.join(path.parent, ".", path.name)])  # noqa: PTH118
def test_a_path(trunk: Path, spelling: Callable[[Path], str | Path]) -> None:
    model, style = resolve(spelling(trunk))
    assert (model.path, model.origin, style) == (trunk, "file", None)


@pytest.mark.usefixtures("shelf")
def test_a_file_here_is_meant_if_it_ends_in_onnx(trunk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(trunk.parent)
    assert resolve("tiny.onnx")[0].spec.name == "tiny"


def test_a_folder_named_like_a_style_is_not_meant(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hokusai").mkdir()
    monkeypatch.chdir(tmp_path)
    assert resolve("hokusai")[0].path.parent == shelf


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("name", "near"),
    [("hokusia", "'hokusai'"), ("Shanshui", "'shanshui'"), ("landscapes", "'landscape'"), ("foto", "'photo'")],
)
def test_an_unknown_name_suggests_the_near_ones(name: str, near: str) -> None:
    with pytest.raises(UnknownModelError, match=f"no model or style named '{name}'; did you mean {near}") as caught:
        resolve(name)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("shelf")
def test_a_name_like_none_says_how_to_list_them() -> None:
    with pytest.raises(UnknownModelError, match="named 'qqq'; list them: pleinair models"):
        resolve("qqq")


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("name", ["none.onnx", "folder/none", Path("none")])
def test_a_path_that_leads_nowhere(name: str | Path) -> None:
    with pytest.raises(UnknownModelError, match="there is no model file"):
        resolve(name)


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"<html>", bytes(range(256)) * 9])
def test_a_file_that_is_no_model(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.onnx").write_bytes(content)
    with pytest.raises(ModelError, match=r"bad\.onnx") as caught:
        resolve(tmp_path / "bad.onnx")
    assert "\n" not in str(caught.value)


# ── whole or damaged ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["landscape", "hokusai"])
def test_a_damaged_shipped_model_is_refused_even_if_it_can_be_read(shelf: Path, name: str) -> None:
    with (shelf / "landscape.onnx").open("ab") as file:
        file.write(b"\x7a\x00")  # an empty field that no reader knows
    assert len(catalog().models) == 1
    with pytest.raises(ModelError, match="'landscape' is damaged; install again"):
        resolve(name)


def test_a_shipped_model_that_cannot_be_read_says_so(shelf: Path) -> None:
    (shelf / "landscape.onnx").write_bytes(b"")
    with pytest.raises(ModelError, match=r"landscape\.onnx"):
        resolve("landscape")


def test_a_shipped_model_without_its_sum_is_refused(shelf: Path) -> None:
    (shelf / SUMS).unlink()
    with pytest.raises(ModelError, match="damaged"):
        resolve("landscape")


def test_sums_as_sha256sum_writes_them_in_binary_mode(shelf: Path) -> None:
    digest = sha256_of(shelf / "landscape.onnx")
    (shelf / SUMS).write_text(f"{'0' * 64} *other.onnx\n\n{digest} *landscape.onnx\n")
    assert resolve("landscape")[0].name == "landscape"


def test_a_users_model_needs_no_sum(own_folder: Path, make_trunk: MakeTrunk) -> None:
    make_trunk(own_folder / "alps.onnx", ("klimt",))
    assert resolve("alps")[0].origin == "local"


def test_sha256(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"plein air" * 10_000)
    assert sha256_of(path) == hashlib.sha256(b"plein air" * 10_000).hexdigest()
    with pytest.raises(ModelError, match="cannot be read"):
        sha256_of(tmp_path / "none")


# ── styles ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("shelf")
def test_a_style_that_the_model_has_passes_and_another_is_suggested() -> None:
    spec = resolve("landscape")[0].spec
    check_style(spec, "hokusai")
    with pytest.raises(
        UnknownStyleError, match=r"no style 'hokusay'; did you mean 'hokusai'.*it has photo, hokusai, shanshui"
    ):
        check_style(spec, "hokusay")


def test_suggestions() -> None:
    assert suggestion("monet", ["monet"]) == "; did you mean 'monet'?"
    assert suggestion("xyz", ["monet"]) == ""
    assert suggestion("mone", ["monet", "monet", "money"]) == "; did you mean 'money' or 'monet'?"


# ── fetching ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class Server:
    """What is served, and what was asked for."""

    def __init__(self, address: str, folder: Path, asked: list[str]) -> None:
        self.address, self.folder, self.asked = address, folder, asked

    def put(self, name: str, data: bytes) -> tuple[str, str]:
        (self.folder / name).write_bytes(data)
        return f"{self.address}/{name}", hashlib.sha256(data).hexdigest()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder, asked = tmp_path / "served", list[str]()
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(folder))  # type: ignore[arg-type]

        def log_message(self, *arguments: object) -> None:  # noqa: ARG002
            asked.append(f"{self.path} {self.headers['User-Agent']}")

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield Server(f"http://127.0.0.1:{running.server_address[1]}", folder, asked)
        running.shutdown()
        thread.join()


def test_fetching_puts_the_model_into_the_users_folder(server: Server, own_folder: Path, trunk: Path) -> None:
    url, digest = server.put("klimt.onnx", trunk.read_bytes())
    own_folder.rmdir()
    path = fetch(url, digest.upper())
    assert path == own_folder / "klimt.onnx"
    assert path.read_bytes() == trunk.read_bytes()
    assert resolve("klimt")[0].path == path
    assert [entry.name for entry in own_folder.iterdir()] == ["klimt.onnx"]
    assert "pleinair/" in server.asked[0]


@pytest.mark.usefixtures("own_folder")
def test_what_is_there_is_not_fetched_again(server: Server, trunk: Path) -> None:
    url, digest = server.put("klimt.onnx", trunk.read_bytes())
    assert fetch(url, digest) == fetch(url, digest)
    assert len(server.asked) == 1


@pytest.mark.usefixtures("own_folder")
def test_what_is_there_but_another_is_replaced(
    server: Server, trunk: Path, make_trunk: MakeTrunk, tmp_path: Path
) -> None:
    fetch(*server.put("klimt.onnx", trunk.read_bytes()))
    newer = make_trunk(tmp_path / "newer.onnx", ("klimt", "schiele")).read_bytes()
    assert fetch(*server.put("klimt.onnx", newer)).read_bytes() == newer


def test_another_file_than_expected_is_refused_and_nothing_kept(server: Server, own_folder: Path, trunk: Path) -> None:
    url, _ = server.put("klimt.onnx", trunk.read_bytes())
    with pytest.raises(ModelError, match="not the file that was expected"):
        fetch(url, "0" * 64)
    assert list(own_folder.iterdir()) == []


def test_a_wrong_fetch_leaves_the_model_that_was_there(server: Server, own_folder: Path, trunk: Path) -> None:
    shutil.copyfile(trunk, own_folder / "klimt.onnx")
    url, _ = server.put("klimt.onnx", b"something else")
    with pytest.raises(ModelError):
        fetch(url, "0" * 64)
    assert (own_folder / "klimt.onnx").read_bytes() == trunk.read_bytes()


def test_what_is_no_painter_is_refused_and_nothing_kept(server: Server, own_folder: Path) -> None:
    with pytest.raises(ModelError):
        fetch(*server.put("klimt.onnx", b"a file of another kind"))
    assert list(own_folder.iterdir()) == []


def test_a_missing_file_is_one_line(server: Server, own_folder: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.onnx cannot be fetched .*404") as caught:
        fetch(f"{server.address}/none.onnx", "0" * 64)
    assert "\n" not in str(caught.value)
    assert list(own_folder.iterdir()) == []


def test_a_server_that_is_not_there_is_one_line(own_folder: Path) -> None:
    with pytest.raises(ModelError, match="cannot be fetched"):
        fetch("http://127.0.0.1:9/klimt.onnx", "0" * 64)
    assert list(own_folder.iterdir()) == []


def test_an_endless_file_is_cut_off(server: Server, own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LARGEST_FETCH", 2**20)
    with pytest.raises(ModelError, match="larger than 1 MiB"):
        fetch(*server.put("klimt.onnx", bytes(2**20 + 1)))
    assert list(own_folder.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/klimt.onnx",
        "ftp://example.org/klimt.onnx",
        "klimt.onnx",
        "http://example.org/",
        "http://example.org/klimt.txt",
        "http://example.org/.onnx",
        "http://example.org/%2e%2e%5c.onnx",
    ],
)
def test_what_is_no_address_of_a_model_is_refused(own_folder: Path, url: str) -> None:
    with pytest.raises(ModelError, match="not the address of a model"):
        fetch(url, "0" * 64)
    assert list(own_folder.iterdir()) == []


def test_a_name_cannot_lead_out_of_the_folder(server: Server, own_folder: Path, trunk: Path) -> None:
    url, digest = server.put("klimt.onnx", trunk.read_bytes())
    assert fetch(url.replace("klimt", "x%2f..%2fklimt").replace("x%2f..%2f", ""), digest).parent == own_folder
    assert store._file_name("http://example.org/a/%2e%2e%2f%2e%2e%5cklimt.onnx?x=/y.onnx#z", (".onnx",)) == "klimt.onnx"


def test_a_folder_that_cannot_be_made_is_one_line(
    server: Server, trunk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PLEINAIR_HOME", str(tmp_path / "file"))
    with pytest.raises(OutputError, match="models cannot be kept"):
        fetch(*server.put("klimt.onnx", trunk.read_bytes()))


def test_weights_are_fetched_beside_the_models(server: Server, own_folder: Path) -> None:
    url, digest = server.put("judge.pth", b"weights of no model that paints")
    path = fetch_file(url, digest.upper())
    assert path == own_folder.parent / "weights" / "judge.pth"
    assert path.read_bytes() == b"weights of no model that paints"
    assert fetch_file(url, digest) == path
    assert len(server.asked) == 1
    assert not list(own_folder.iterdir())


def test_other_weights_than_expected_are_not_kept(server: Server, own_folder: Path) -> None:
    url, _ = server.put("judge.pth", b"something else")
    with pytest.raises(ModelError, match="nothing was kept"):
        fetch_file(url, "0" * 64)
    assert not list((own_folder.parent / "weights").iterdir())


def test_weights_have_their_endings(own_folder: Path) -> None:
    assert own_folder.is_dir()
    with pytest.raises(ModelError, match=r"must begin with http and end in NAME.pth or NAME.safetensors or NAME.onnx"):
        fetch_file("http://example.org/judge.pkl", "0" * 64)
