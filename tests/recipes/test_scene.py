"""The recipes of scenes: built, trained, killed, shared by two, grown, watched."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pleinair.data.pack import Pack
from pleinair.errors import DataError, SettingError
from pleinair.images import to_float
from pleinair.networks.classifier import SqueezeNet
from pleinair.networks.frozen import QuarterVGG
from pleinair.networks.scene import SceneGenerator
from pleinair.networks.spectrum import BlockSpectrum
from pleinair.objectives.matching import MEANT
from pleinair.objectives.scene import Draw, Scene
from pleinair.recipes.scene import SCALES, SIDES, meaning, scene, scene_r3, tiny
from pleinair.recipes.scene_building import builder, generator_of
from pleinair.recipes.scene_rivals import RECIPES
from pleinair.recipes.watching_scenes import WatchedScenes, crops, drawn
from pleinair.spec import ModelSpec
from pleinair.training import checkpoint, launch, loop, state, warm
from pleinair.training.launch import Build
from pleinair.training.run import Run
from tests.training import narrow
from tests.training.alone import ALONE, check_going_on, check_shares, shared, steps_of
from tests.training.rehearsal import PLAIN, look_little, mean_colors, stage

DOMAINS = ("photo", "dots")
KINDS = ("forest",)


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stage(tmp_path_factory.getbasetemp() / "stage")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    look_little(monkeypatch.setattr)


def build_of(folder: Path) -> Build:
    return builder(
        {name: Pack.open(folder / f"{name}.pack") for name in DOMAINS}, folder / "frozen.safetensors", None, {}
    )


def small(recipe: str = "scene", pictures: int = 24, seed: int = 0, **changes: object) -> Run:
    run = tiny(RECIPES[recipe](DOMAINS, KINDS, 64, 999, seed))
    return replace(run, pictures=pictures, **{"preview_pictures": 10**9, **changes})  # type: ignore[arg-type]


def training(run: Run, folder: Path) -> state.Training[Draw]:
    torch.manual_seed(run.seed)
    return state.begin(run, build_of(folder)(run, ALONE.device, PLAIN, ALONE))


def sheet(pictures: list[np.ndarray]) -> Tensor:
    return torch.from_numpy(to_float(np.stack(pictures)))


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_every_recipe_takes_steps_and_every_player_learns(packs: Path, recipe: str) -> None:
    made = training(small(recipe), packs)
    players = made.task.objective.players
    before = {name: [p.detach().clone() for p in module.parameters()] for name, module in players.items()}
    batches = made.task.batches(0, 0, 1)
    for _ in range(3):
        figures = loop.advance(made, next(batches), ALONE)
        assert all(np.isfinite(value) for value in figures.values())
    batches.close()
    for name, weight in made.run.weights.items():
        assert weight == 0 or name in figures or "penalty" in name, name
    for name, module in players.items():
        moved = [not torch.equal(a, b) for a, b in zip(before[name], module.parameters(), strict=True)]
        assert sum(moved) > 0.6 * len(moved), name  # the finest stages wake one a step


def test_a_classifier_looks_on_where_one_is_given(packs: Path) -> None:
    run, given = meaning(small()), {name: Pack.open(packs / f"{name}.pack") for name in DOMAINS}
    assert {name for name in run.weights if name not in small().weights} == {f"generator.{name}" for name in MEANT}
    features = packs / "frozen.safetensors"
    with pytest.raises(SettingError, match="sees with squeezenet1_1; give its file by --classifier"):
        builder(given, features, None, {})(run, ALONE.device, PLAIN, ALONE)
    make = builder(given, features, None, {}, packs / "classifier.safetensors")
    objective = make(run, ALONE.device, PLAIN, ALONE).objective
    assert isinstance(objective, Scene)
    assert [type(network) for network in objective.onlookers] == [QuarterVGG, SqueezeNet, BlockSpectrum]
    made = state.begin(run, make(run, ALONE.device, PLAIN, ALONE))
    figures = steps_of(made, 3)
    for name in MEANT:
        values = [of_step[f"generator.{name}"] for of_step in figures]
        assert all(np.isfinite(values))
        assert max(values) > 0
    remembered = made.task.objective.players["discriminator"].state_dict()
    assert remembered["meant.many"][0].sum() == 3 * run.batch


def test_without_a_classifier_nothing_of_it_is_kept(packs: Path) -> None:
    made = build_of(packs)(small(), ALONE.device, PLAIN, ALONE)
    assert not any("meant" in name for name in made.objective.players["discriminator"].state_dict())


def test_what_grows_learns_more_slowly() -> None:
    rates = {side: scene(DOMAINS, (), side).rates["generator"].peak for side in SIDES}
    assert rates[16] == rates[64] == 2 * rates[128] == 4 * rates[256]


@pytest.mark.parametrize("side", SIDES)
def test_numbers_follow_the_side(side: int) -> None:
    run, pixels = scene(DOMAINS, KINDS, side), scene_r3(DOMAINS, KINDS, side)
    assert run.network == {"side": side, "width": 24, "marks": 3, "reads": list(QuarterVGG.widths)}
    assert pixels.network == {**run.network, "reads": []}
    assert run.data["scales"] == [side * share for share in SCALES]
    assert pixels.weights["discriminator.penalty"] == pixels.weights["discriminator.penalty_fake"]
    assert pixels.weights["discriminator.penalty"] == 0.5 * (side / 64) ** 2
    assert json.loads(run.to_json())["recipe"] == "scene"


@pytest.mark.parametrize(("side", "views"), [(16, 1), (32, 1), (64, 2), (128, 3), (256, 4)])
def test_the_smallest_view_is_the_same_at_every_size(side: int, views: int) -> None:
    assert scene(["photo"], side=side).settings["views"] == views
    assert side < 32 or side >> (views - 1) == 32


def test_half_of_the_pictures_are_photos() -> None:
    for count in (1, 2, 4):
        weights = scene([str(i) for i in range(count)]).data["weights"]
        assert weights[0] / sum(weights) == (1.0 if count == 1 else 0.5)


def test_sides_that_cannot_be_are_refused() -> None:
    with pytest.raises(SettingError, match="side 100: scenes are 16, 32, 64, 128, 256 pixels high"):
        scene(DOMAINS, (), 100)


def test_a_rehearsal_keeps_what_the_recipe_is_about() -> None:
    for make in RECIPES.values():
        run = make(DOMAINS, KINDS, 64, 99, 3)
        little = tiny(run)
        assert (little.recipe, little.seed, little.weights, little.rates, little.styles) == (
            run.recipe,
            run.seed,
            run.weights,
            run.rates,
            run.styles,
        )
        assert little.settings["adversary"] == run.settings["adversary"]
        assert sum(p.numel() for p in generator_of(little).parameters()) < 500_000


def test_what_is_built_with_is_asked_for(packs: Path) -> None:
    photos = Pack.open(packs / "photo.pack")
    with pytest.raises(DataError, match="no pictures of dots"):
        builder({"photo": photos}, packs / "frozen.safetensors", None, {})(small(), ALONE.device, PLAIN, ALONE)
    with pytest.raises(SettingError, match="by --features, or use --recipe scene_r3"):
        builder(dict.fromkeys(DOMAINS, photos), None, None, {})(small(), ALONE.device, PLAIN, ALONE)


def test_a_run_keeps_what_generating_needs(packs: Path, tmp_path: Path) -> None:
    run = small(preview_pictures=8, watch_pictures=12)
    assert launch.launch(run, build_of(packs), tmp_path / "run") == loop.ALL_SEEN
    weights, facts = checkpoint.read(tmp_path / "run" / checkpoint.AVERAGE)
    assert facts["styles"] == list(DOMAINS)
    assert facts["network"] == {"side": 16, "width": 2, "marks": 3, "reads": list(QuarterVGG.widths)}
    spec = ModelSpec.from_json(facts["spec"])
    assert (spec.kind, spec.side, spec.kinds, spec.stride, spec.halo) == ("scene", 16, KINDS, 1, 0)
    assert [source.name for source in spec.sources] == list(DOMAINS)
    SceneGenerator(**facts["network"]).load_state_dict(weights)
    assert len(list((tmp_path / "run/previews").iterdir())) == 3
    lines = [json.loads(line) for line in (tmp_path / "run/stats.jsonl").read_text().splitlines()]
    looks = [line for line in lines if "watch.score" in line]
    assert [line["seen_pictures"] for line in looks] == [12, 24]
    assert {"watch.recall", "watch.near_duplicates", "watch.precision", "watch.sharpness"} <= looks[0].keys()


@pytest.mark.parametrize("recipe", ["scene", "scene_fastgan"])
@pytest.mark.parametrize("picture", [0, 4, 12])
def test_killed_and_typed_again_it_ends_as_the_uninterrupted_run(
    packs: Path, tmp_path: Path, recipe: str, picture: int
) -> None:
    run = replace(small(recipe), save_seconds=1e-9, preview_pictures=8, watch_pictures=8)

    check_going_on(run, build_of(packs), picture, tmp_path)


def test_two_ranks_share_a_batch(packs: Path) -> None:
    task = build_of(packs)(small(), ALONE.device, PLAIN, ALONE)
    whole, even, odd = shared(task)
    check_shares(whole, even, odd, tuple(Draw.__dataclass_fields__))
    assert whole.real.shape == (4, 3, 16, 16)
    assert -1 <= float(whole.real.min()) < float(whole.real.max()) <= 1


def grown(run: Run) -> Run:
    return replace(
        run,
        network={**run.network, "side": 2 * run.network["side"]},
        data={**run.data, "scales": [2 * scale for scale in run.data["scales"]]},
    )


def test_twice_the_side_begins_with_what_was_learned(packs: Path, tmp_path: Path) -> None:
    run = small()
    launch.launch(run, build_of(packs), tmp_path / "run")
    made = training(grown(run), packs)
    left = warm.start_from(tmp_path / "run", made.modules(), run.styles)
    assert left
    for name in left:  # nothing but the finest stage is new
        part, _, tensor = name.partition("/")
        number = {"generator": "2", "average": "2"}.get(part, "3")
        assert number in tensor.split(".") or tensor.startswith(("pixels.down.2", "memory.", "population.")), name
    weights, _ = checkpoint.read(tmp_path / "run" / checkpoint.AVERAGE)
    before = generator_of(run)
    before.load_state_dict(weights)
    one, two = sheet(drawn(before, range(3))), sheet(drawn(made.averaged, range(3)))
    assert two.shape == (3, 32, 32, 3)
    halved = nn.functional.avg_pool2d(two.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)
    assert float((halved - one)[:, :, 2:-2].abs().mean()) < 0.02


def test_domains_keep_their_marks_by_name(packs: Path, tmp_path: Path) -> None:
    run = small()
    made = training(run, packs)
    for module in made.modules().values():
        for name, value in module.state_dict().items():
            if name.endswith("told"):
                value.copy_(torch.arange(3.0)[:, None].expand_as(value))
    state.save(made, tmp_path)
    other = replace(run, styles=("dots", "new", "photo"), network={**run.network, "marks": 4})
    objective = training(replace(run, styles=("dots", "photo")), packs).task.objective
    warm.start_from(tmp_path, objective.players, ("dots", "photo"))
    assert objective.players["generator"].told[:, 0].tolist() == [1, 0, 2]  # type: ignore[index]
    assert objective.players["discriminator"].pixels.told[:, 0].tolist() == [1, 0, 2]  # type: ignore[union-attr,index]
    larger = {"generator": generator_of(other)}
    warm.start_from(tmp_path, larger, other.styles)
    assert larger["generator"].told[:, 0].tolist() == [1, 0.5, 0, 2]  # type: ignore[index]


def test_the_launcher_says_what_was_not_there(packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = small(pictures=4)
    launch.launch(run, build_of(packs), tmp_path / "run")
    launch.launch(grown(run), build_of(packs), tmp_path / "large", start=tmp_path / "run")
    assert f"warm start from {tmp_path / 'run'}; not in it: generator/grain.2" in capsys.readouterr().err


def test_a_sheet_shows_the_first_seeds_unpicked(packs: Path) -> None:
    made = training(small(), packs)
    nn.init.normal_(made.averaged.leave[-1].weight)  # type: ignore[union-attr,index]
    assert made.task.preview is not None
    sheet_ = made.task.preview(made.averaged)
    assert sheet_.shape == (2 * 20 + 4, 2 * 20 + 4, 3)
    first = drawn(made.averaged, [0])[0]
    assert np.abs(sheet_[4:20, 4:20].astype(int) - first).max() <= 1
    third = drawn(made.averaged, [2])[0]
    assert np.abs(sheet_[24:40, 4:20].astype(int) - third).max() <= 1
    assert not np.array_equal(first, third)


def test_looking_consumes_no_randomness(packs: Path) -> None:
    made = training(small(), packs)
    torch.manual_seed(1)
    before = torch.get_rng_state()
    assert made.task.preview is not None
    assert made.task.watch is not None
    made.task.preview(made.averaged)
    figures = made.task.watch(made.averaged)
    assert torch.equal(before, torch.get_rng_state())
    assert figures == made.task.watch(made.averaged)
    assert figures["near_duplicates"] == 1.0  # a fresh generator draws gray


def test_real_crops_score_better_than_noise(packs: Path) -> None:
    pack = Pack.open(packs / "photo.pack")
    watched = WatchedScenes(pack, 16, (16.0, 24.0), mean_colors)
    assert watched.possible
    real = torch.from_numpy(to_float(np.stack(crops(pack.train, 16, (16.0, 24.0), 8)))).permute(0, 3, 1, 2)

    class Fixed(nn.Module):
        def __init__(self, pictures: Tensor) -> None:
            super().__init__()
            self.pictures = nn.Parameter(pictures)

        def forward(self, latents: Tensor, noise: Tensor, marks: Tensor) -> Tensor:
            assert noise.shape[0] == marks.shape[0] == len(latents)
            return self.pictures[: len(latents)]

    good, bad = (watched.watch(Fixed(x))["score"] for x in (real, real * 0 + 0.9))
    assert good < bad


def test_crops_are_as_many_of_each_picture(packs: Path) -> None:
    pack = Pack.open(packs / "photo.pack")
    found = crops(pack.validation, 16, (16.0, 24.0), 8)
    assert len(found) == 8
    assert {picture.shape for picture in found} == {(16, 16, 3)}
    assert len({picture.tobytes() for picture in found}) == 8
    again = crops(pack.validation, 16, (16.0, 24.0), 8)
    assert all(np.array_equal(a, b) for a, b in zip(found, again, strict=True))


@pytest.mark.parametrize("recipe", RECIPES)
def test_narrow_numbers_serve_as_well(packs: Path, recipe: str) -> None:
    narrow.check(small(recipe), build_of(packs))


def test_narrow_numbers_serve_a_classifier_as_well(packs: Path) -> None:
    given = {name: Pack.open(packs / f"{name}.pack") for name in DOMAINS}
    narrow.check(
        meaning(small()), builder(given, packs / "frozen.safetensors", None, {}, packs / "classifier.safetensors")
    )
