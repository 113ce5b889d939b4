"""Batches cut on the device are those that Pillow cuts, to a rounding."""

from pathlib import Path

import numpy as np
import pytest
import torch

from pleinair.data import pack
from pleinair.data.pack import Entry, Pack
from pleinair.data.unpaired import Domain, Unpaired, usual_sources
from pleinair.recipes.on_device import DeviceAlbums, fed, laid
from pleinair.training.trial import Choice
from tests.training.toy import RUN


def packed(folder: Path, name: str, seed: int, sizes: list[tuple[int, int]]) -> Pack:
    """A pack of smooth random pictures of the given (width, height)."""
    import io

    from PIL import Image

    chance = np.random.default_rng(seed)
    pictures = []
    for index, (width, height) in enumerate(sizes):
        small = Image.fromarray(chance.integers(0, 256, (12, 12, 3), np.uint8))
        file = io.BytesIO()
        small.resize((width, height), Image.Resampling.BICUBIC).save(file, "PNG")
        pictures.append((Entry(f"{index}", f"{index}.png", width, height, "train", "0"), file.getvalue()))
    path = folder / f"{name}.pack"
    pack.write(path, name, pictures, {})
    return Pack.open(path)


@pytest.mark.parametrize("scales", [(40.0, 60.0), (64.0, 300.0), (33.0, 500.0)])
def test_device_crops_are_pillow_crops(tmp_path: Path, scales: tuple[float, float]) -> None:
    sizes = [(200, 150), (131, 97), (64, 64), (50, 333)]
    styles = [
        Domain(name, packed(tmp_path, name, seed, sizes).train, scales) for seed, name in enumerate(["photo", "ink"])
    ]
    sampler = Unpaired(styles, crop=33, seed=3, sources=usual_sources(["photo", "ink"], []))
    albums = DeviceAlbums(styles, 33, torch.device("cpu"))
    for start in (0, 64):
        plan, batch = sampler.plan(start, 16), sampler.batch(start, 16)
        for ours, theirs in (
            (albums.crops(plan.source, plan.content), batch.content),
            (albums.crops(plan.styles, plan.style), batch.style),
        ):
            gap = (ours + 1) * 127.5 - torch.from_numpy(theirs).float()
            assert ours.shape == theirs.shape
            assert float(gap.abs().max()) <= 2.01  # Pillow rounds between its two passes, and clips there
            assert float(gap.abs().mean()) < 0.3


def test_a_mirrored_plan_is_mirrored(tmp_path: Path) -> None:
    domain = Domain("photo", packed(tmp_path, "photo", 1, [(90, 80)]).train, (64.0, 64.0))
    sampler = Unpaired([domain], crop=32, seed=0, sources=[[1.0]])
    plan = sampler.plan(0, 32)
    assert {cut.mirrored for cut in plan.content} == {True, False}
    albums = DeviceAlbums([domain], 32, torch.device("cpu"))
    crops = albums.crops(plan.source, plan.content)
    from dataclasses import replace

    turned = albums.crops(plan.source, [replace(cut, mirrored=not cut.mirrored) for cut in plan.content])
    assert torch.equal(crops.flip(3), turned)


@pytest.mark.parametrize(("last", "form"), [(False, torch.contiguous_format), (True, torch.channels_last)])
def test_networks_are_laid_out_as_was_chosen(last: bool, form: torch.memory_format) -> None:
    networks = [torch.nn.Conv2d(2, 3, 3) for _ in range(2)]
    assert laid(networks, torch.device("cpu"), Choice(channels_last=last)) == form
    assert all(network.weight.is_contiguous(memory_format=form) for network in networks)


class Numbers:
    """A sampler whose batches are the numbers of their pictures."""

    def batch(self, seen_pictures: int, count: int, rank: int = 0, ranks: int = 1) -> list[int]:
        return list(range(seen_pictures + rank, seen_pictures + count, ranks))


@pytest.mark.parametrize(("rank", "ranks"), [(0, 1), (0, 2), (1, 2)])
def test_a_task_is_fed_every_picture_once_as_it_is_sent(rank: int, ranks: int) -> None:
    batches = fed(Numbers(), RUN, lambda batch: torch.tensor(batch))(8, rank, ranks)
    found = torch.cat([next(batches) for _ in range(5)])
    batches.close()
    assert found.tolist() == list(range(8 + rank, 8 + 5 * RUN.batch, ranks))
