"""The translate recipe: a trunk of many styles from folders of pictures.

RECEIPT of the shipped trunk, resume/landscape.safetensors and src/pleinair/shipped/landscape.onnx
    pleinair train translate --content photos.pack --style hiroshige=hiroshige.pack --style hokusai=hokusai.pack
        --style vangogh=vangogh.pack --style monet=monet.pack --style shanshui=shanshui.pack
        --style impressionism=impressionism.pack --features vgg19_quarter.safetensors
        --classifier squeezenet1_1.safetensors --hold photo=0.3 --hold hiroshige=0.25 --hold hokusai=0.5
        --hold vangogh=15 --hold monet=0.3 --hold shanshui=0.4 --hold impressionism=1.5 --calm monet=1 --only monet
        --from twentysecond --pictures 8000 --run calmmonet
    and so every other style (see the card), put together by pleinair train merge
    2026-11-24 · one x86-64 CPU core, fp32 · 11 minutes · 8,000 pictures seen, after 228,220 in earlier runs, 68,000 for
    the other styles · test pictures: ratios 0.24 (monet) to 0.44 (hokusai, shanshui) for paintings, 0.60 to 0.81 for
    photo; content 0.85 (vangogh) to 0.97.
To go on from it: the same command with --from resume/landscape.safetensors.
"""

import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from pleinair.data.pack import Pack
from pleinair.data.unpaired import Batch, Domain, Unpaired, ahead, usual_sources
from pleinair.errors import DataError, SettingError
from pleinair.networks.translator import DILATIONS, Translator, translator_of
from pleinair.objectives.settings import SEEN_BY_FROZEN
from pleinair.objectives.translate import Pictures
from pleinair.recipes.aiming import aimed
from pleinair.recipes.measuring import begun, measured
from pleinair.recipes.on_device import DeviceAlbums, floats, laid, lives_there
from pleinair.recipes.plain import PHOTO, plainly
from pleinair.recipes.sight import frozen_of, looked_on
from pleinair.recipes.watching import Watched
from pleinair.spec import ModelSpec, Source
from pleinair.training.launch import Build
from pleinair.training.ranks import Ranks
from pleinair.training.run import Rate, Run
from pleinair.training.task import Task
from pleinair.training.trial import Choice
from pleinair.training.warm import per_style

RANK = 8  # of the weights that a style has for its own


def translate(styles: Sequence[str], pictures: int = 400_000, seed: int = 0) -> Run:
    """Half of the size and bands of detail; a critic of columns of frozen features, which learns all styles from a
    memory, and patches of pixels; hinge, R1; content by instance-normalized features, held loosely; means and spreads
    of features, matched over all that was lately painted, and second moments; one style a step: on a CPU its weights
    are then baked, and steps are cheap. The steady term weighs most: without it flat skies get a mesh, locked to the
    grid of the strides, that is of no style and no scene. The quiet term keeps strokes out of what is quiet.

    The translator's weights are drawn with unit deviation and normalized as they are used, so its rate is five times
    what plain convolutions would stand. `content_shares` say style by style how firmly the scene is held, 1 each,
    `quiet_shares` how firmly its quiet.
    """
    return Run(
        recipe="translate",
        styles=tuple(styles),
        pictures=pictures,
        batch=4,
        seed=seed,
        rates={
            "generator": Rate(5e-3, decay_share=0.6, per_style=1.0),
            "discriminator": Rate(1e-3, decay_share=0.6, per_style=2.0),
        },
        weights={
            "generator.adversarial": 0.3,
            "generator.columns": 1.0,
            "generator.content": 0.04,
            "generator.matching": 2.0,
            "generator.spread": 1.0,
            "generator.gram": 0.3,
            "generator.identity": 0.5,
            "generator.range": 2.0,
            "generator.steady": 10.0,
            "generator.quiet": 10.0,
            "discriminator.adversarial": 1.0,
            "discriminator.others": 0.5,
            "discriminator.unpainted": 0.5,
            "discriminator.penalty": 0.01,
            "discriminator.columns": 1.0,
            "discriminator.columns_penalty": 0.02,
        },
        network={"width": 16, "dilations": list(DILATIONS), "broad": True, "rank": RANK, "statistics": True},
        settings={
            "frozen": "vgg19_quarter",
            "reduced": 2,
            "content_levels": [3],
            "content_shares": [],
            "quiet_shares": [],
            "adversary": "hinge",
            "heads": "none",
            "patches": "one",
            "patch_view": 112,
            "steady_every": 1,
            "speed": "trial",
        },
        data={"crop": 224, "scales": [352.0, 480.0], "group": 4, "identity": 0.1, "plain": 0.5},
    )


def translate_plain(styles: Sequence[str], pictures: int = 400_000, seed: int = 0) -> Run:
    """Without any frozen network, for who has no weights file: patches of pixels on three scales, light and cycle."""
    run = translate(styles, pictures, seed)
    blind = tuple(SEEN_BY_FROZEN)
    weights = {name: weight for name, weight in run.weights.items() if not name.partition(".")[2].startswith(blind)}
    return replace(
        run,
        recipe="translate_plain",
        weights={**weights, "generator.adversarial": 1.0, "generator.cycle": 4.0, "generator.light": 1.0},
        settings={**run.settings, "frozen": "", "patches": "pyramid"},
    )


def tiny(run: Run) -> Run:
    """The same recipe small enough for a test: a few steps on a CPU in a second."""
    return replace(
        run,
        batch=4,
        save_seconds=0.5,
        preview_pictures=40,
        watch_pictures=10**9,
        network={"width": 4, "dilations": [1], "rank": 2, "statistics": True},
        settings={**run.settings, "speed": "plain", "memory": 64, "remembered": 16, "recalled": 16},
        data={**run.data, "crop": 32, "scales": [32.0, 48.0], "group": 2},
    )


def meaning(run: Run) -> Run:
    """The run in which a frozen classifier looks on, too: what it sees of paintings is matched with what it sees of
    works, in mean and in spread."""
    return looked_on(run, meaning=16.0, spread=5.0)


def holding(run: Run, shares: Mapping[str, float], calm: Mapping[str, float] = MappingProxyType({})) -> Run:
    """The run with the scene, and with its quiet (`calm`), held more firmly (above 1) or more loosely in some styles.
    Raises SettingError for a style that the run does not have."""
    strangers = sorted({*shares, *calm} - set(run.styles))
    if strangers:
        raise SettingError(f"{', '.join(strangers)}: no style of this run; it has {', '.join(run.styles)}")
    told = {
        name: [float(given.get(style, 1.0)) for style in run.styles] if given else []
        for name, given in (("content_shares", shares), ("quiet_shares", calm))
    }
    return replace(run, settings={**run.settings, **told})


def joining(run: Run, known: Sequence[str], network: Mapping[str, Any], only: Sequence[str] = ()) -> Run:
    """The run in which new styles join a trunk that knows others, or `only` some of its styles go on learning: nothing
    but their own rows and weights learns, so the others paint what they painted, bit for bit (styles on a fixed trunk:
    Dumoulin et al. 2017). `network` is the trunk's; it gets the rank of this run if it has none.

    Raises SettingError where no style is new, and for one of `only` that there is not.
    """
    new = [style for style in run.styles if style not in known]
    strangers = sorted(set(only) - {*known, *new})
    if strangers:
        raise SettingError(f"{', '.join(strangers)}: no style of the trunk; it knows {', '.join(known)}")
    learning = list(only) or new
    if not learning:
        raise SettingError(f"the trunk knows {', '.join(run.styles)} already; give a new --style, or leave --join out")
    styles = (*known, *new)
    rank = max(int(network.get("rank", 0)), int(run.network.get("rank", 0)))
    return replace(
        run,
        styles=styles,
        network={**network, "rank": rank},
        settings={**run.settings, "joining": learning},
        data={**run.data, "weights": [float(style in learning) for style in styles]},
    )


def builder(
    content: Pack,
    styles: Mapping[str, Pack],
    features: Path | None,
    extractor: Path | None = None,
    renders: Mapping[str, Pack] = MappingProxyType({}),
    classifier: Path | None = None,
) -> Build:
    """What builds the task of a Run from its pictures: content, a pack per style (`photo` may be the content's own),
    packs of renders, and the files of the frozen network that the recipe names, and of the classifier if it names one.
    `extractor` is the feature network that scores validation.

    Building raises SettingError for a frozen network that is needed and not given, DataError for a style without
    pictures, ModelError for a file that is no such network.
    """

    def build(run: Run, device: torch.device, choice: Choice, ranks: Ranks) -> Task[Pictures]:
        learning = run.settings.get("joining") or run.styles
        missing = [style for style in learning if style not in styles and style != PHOTO]
        missing += [name for name in run.data.get("renders", ()) if name not in renders]
        if missing:
            raise DataError(f"there are no pictures of {', '.join(missing)}; give a pack of each style")
        if PHOTO not in run.styles and run.weights.get("generator.cycle"):
            raise SettingError(f"a painting is painted back to {PHOTO}; have it among the styles")
        translator = translator_of(len(run.styles), run.network)
        if run.settings.get("joining"):
            _hold_known(translator, [style in learning for style in run.styles])
        frozen = frozen_of(run, features, "translate_plain")
        objective = aimed(run, translator, frozen, classifier, ranks)
        layout = laid((*objective.players.values(), *objective.onlookers), device, choice)
        sampler = _sampler(run, content, styles, renders)
        begun(translator, run, sampler, device)
        critics = [critic for critic in (objective.heads, objective.columns) if critic is not None]
        if critics:
            levels = objective.levels(floats(sampler.batch(0, 16).style, device))
            for critic in critics:
                critic.fit(levels)
        every = {**styles, **{name: renders[name] for name in run.data.get("renders", ())}}
        spec = _spec(run, translator, content, every)
        watched = Watched(run, spec, content, every, frozen, extractor)
        if choice.compiled:
            objective.compile()

        albums = DeviceAlbums(sampler.domains, sampler.crop, device) if lives_there(sampler.domains, device) else None

        def drawn(start: int, rank: int, count: int) -> Generator[Pictures, None, None]:
            while albums is not None:
                plan = sampler.plan(start, run.batch, rank, count)
                content, style = albums.crops(plan.source, plan.content), albums.crops(plan.styles, plan.style)
                styles, sources = (torch.from_numpy(a).to(device) for a in (plan.styles, plan.source))
                yield Pictures(content.to(memory_format=layout), style.to(memory_format=layout), styles, sources)
                start += run.batch
            with closing(ahead(sampler, start, run.batch, rank=rank, ranks=count, threads=_feeders(device))) as feed:
                for batch in feed:
                    yield _on_device(batch, device, layout)

        def batches(start: int, rank: int, count: int) -> Generator[Pictures, None, None]:
            with closing(drawn(start, rank, count)) as feed:
                yield from plainly(run, feed, start, rank, count)

        facts = {"styles": list(run.styles), "network": dict(run.network), "spec": spec.to_json()}
        watch = watched.watch if watched.possible else None
        return Task(objective, batches, watched.preview, watch, facts, partial(measured, run, sampler, device))

    return build


def _hold_known(translator: Translator, learn: Sequence[bool]) -> None:
    """Only the rows of styles that learn have a gradient: a cycle, say, also paints in styles that are known."""
    rows = per_style(translator)
    for name, parameter in translator.named_parameters():
        parameter.requires_grad_(name in rows)
        if name in rows:
            mask = torch.tensor(learn, dtype=parameter.dtype).reshape(-1, *[1] * (parameter.ndim - 1))
            parameter.register_hook(lambda grad, mask=mask: grad * mask.to(grad.device))  # type: ignore[no-untyped-call]


def _sampler(run: Run, content: Pack, styles: Mapping[str, Pack], renders: Mapping[str, Pack]) -> Unpaired:
    """Content is of the style `photo` where that is among the styles, else a domain of its own; renders come last."""
    scales = (float(run.data["scales"][0]), float(run.data["scales"][1]))
    domains = [Domain(name, (styles.get(name) or content).train, scales) for name in run.styles]
    own = [] if PHOTO in run.styles else [Domain("content", content.train, scales)]
    drawn = [Domain(name, renders[name].train, scales) for name in run.data.get("renders", ())]
    names = [d.name for d in own], [d.name for d in drawn]
    share = run.data.get("render_share", 0.0)
    without = [style for style in run.styles if style not in styles and style != PHOTO]
    table = usual_sources(run.styles, names[0], run.data["identity"], names[1], share, without)
    return Unpaired(
        domains,
        [*own, *drawn],
        crop=run.data["crop"],
        seed=run.seed,
        sources=table,
        group=run.data["group"],
        weights=run.data.get("weights"),
    )


def _feeders(device: torch.device) -> int:
    """Threads that cut crops: a GPU eats more than one can cut. What they cut is the same, however many they are."""
    return 1 if device.type == "cpu" else max(1, min(8, (os.cpu_count() or 1) // max(1, torch.cuda.device_count())))


def _on_device(batch: Batch, device: torch.device, layout: torch.memory_format) -> Pictures:
    return Pictures(
        content=floats(batch.content, device).contiguous(memory_format=layout),
        style=floats(batch.style, device).contiguous(memory_format=layout),
        styles=torch.from_numpy(batch.styles).to(device),
        sources=torch.from_numpy(batch.source).to(device),
    )


def _spec(run: Run, translator: Translator, content: Pack, styles: Mapping[str, Pack]) -> ModelSpec:
    packs = {"content": content, **styles}
    sources = tuple(Source(name, pack.name, len(pack.entries), "") for name, pack in packs.items())
    return ModelSpec(
        name=run.recipe,
        styles=run.styles,
        stride=translator.stride,
        halo=translator.halo,
        width=translator.width,
        recipe=run.recipe,
        sources=sources,
    )
