"""Packets of a journal + the source's sound and subtitles → a film, packet by packet, nothing encoded anew."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pleinair.errors import OutputError
from pleinair.images.film_codecs import CODECS, Encoding, configure, container_of, holds
from pleinair.images.film_facts import Facts, needed, opened, reason
from pleinair.images.film_journal import Journal
from pleinair.images.metadata import SOFTWARE
from pleinair.images.scheduling import scheduled_as_before
from pleinair.images.writing import appearing

FINEST = 10_000_000  # ticks a second
STALE = ("major_brand", "minor_version", "compatible_brands", "encoder", "duration", "handler_name", "vendor_id")
Stamps = npt.NDArray[np.int64]


def join(
    journal: Journal, encoding: Encoding, target: Path, provenance: Mapping[str, str], facts: Facts | None = None
) -> str:
    """Write the film, whole or not at all, and return a note on what could not be copied, mostly empty.

    facts: of the film whose other streams, chapters and metadata are copied, as long as there are pictures; none for
    picture sequences. Raises OutputError, PictureError.
    """
    av = needed()
    container = container_of(target)
    options = _exact(encoding, facts) if container in ("mp4", "mov") else {}
    with appearing(target) as part:
        try:
            with av.open(str(part), "w", format=container, options=options) as film:
                video = _video(film, encoding, container)
                comment = "; ".join((SOFTWARE, *(f"{key} {value}" for key, value in provenance.items())))
                if facts is None:
                    film.metadata["comment"] = comment
                    _begin(film)
                    _mux(film, _pictures(journal, encoding, video), iter(()))
                    return ""
                if facts.turn is not None:
                    video.set_display_matrix(facts.turn)
                with opened(facts.path) as source:
                    film.metadata.update({k: v for k, v in source.metadata.items() if k not in STALE})
                    film.metadata["comment"] = comment
                    video.metadata.update(
                        {k: v for k, v in source.streams.video[0].metadata.items() if k.lower() not in STALE}
                    )
                    copies, left = _copies(film, source, facts, holds(target.suffix.lower()))
                    with suppress(Exception):  # chapters that a container cannot hold are not worth a film
                        film.set_chapters(source.chapters())
                    _begin(film)
                    end = _end(journal, encoding) if journal.complete is False else None
                    _mux(film, _pictures(journal, encoding, video), _sounds(source, copies, end))
                return f"not copied: {', '.join(left)}" if left else ""
        except (av.error.FFmpegError, ValueError) as error:
            raise OutputError(f"{target} cannot be written: {reason(error)}; choose another --out") from error


def _begin(film: Any) -> None:
    """Write the head of the film; for that its encoders are opened, though they get nothing to encode."""
    with scheduled_as_before():
        film.start_encoding()


def _exact(encoding: Encoding, facts: Facts | None) -> dict[str, str]:
    """Options of MP4 and MOV: where streams begin is kept in ticks of the whole film, by default milliseconds, so that
    all but round numbers would be shifted. Ticks that hold the pictures' and, if they can, the sounds' are taken."""
    ticks = encoding.time_base.denominator
    for rate in facts.sound_rates if facts else ():
        ticks = common if (common := lcm(ticks, rate)) < FINEST else ticks
    return {"movflags": "+faststart", "movie_timescale": str(min(ticks, FINEST))}


def decoding_times(stamps: array[int]) -> Stamps:
    """When each packet is to be decoded: increasing, and never after its frame is shown.

    stamps: of frames, all different, in the order of decoding. Of frames in the order of showing s, packet i is decoded
    at s[i - d], with the least d for which that is early enough for all.
    """
    shown = np.frombuffer(stamps, np.int64) if len(stamps) else np.empty(0, np.int64)
    order = np.argsort(shown, kind="stable")
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(order))
    delay = int((np.arange(len(order)) - ranks).max(initial=0))
    inorder = shown[order]
    step = int(inorder[1] - inorder[0]) if len(inorder) > 1 else 1
    before = inorder[:1] - step * np.arange(delay, 0, -1)
    if delay:  # and the first so early that decoding takes as long as showing, which is what containers say of length
        before[0] = min(before[0], inorder[0] - (inorder[-1] - inorder[-1 - delay]))
    return np.concatenate((before, inorder))[: len(inorder)]


def _video(film: Any, encoding: Encoding, container: str) -> Any:
    stream = film.add_stream(CODECS[encoding.codec].encoder, rate=encoding.rate)
    configure(stream.codec_context, encoding)
    stream.time_base = encoding.time_base
    if encoding.codec == "hevc" and container in ("mp4", "mov"):
        stream.codec_context.codec_tag = "hvc1"  # by which Apple's players know it
    return stream


def _copies(film: Any, source: Any, facts: Facts, able: set[str]) -> tuple[dict[int, Any], list[str]]:
    """Streams of the film for those of the source that it can hold, by the source's index; and what is left out."""
    made, left = dict[int, Any](), list[str]()
    for stream in source.streams:
        if stream.index not in facts.others:
            continue
        kind, codec = facts.others[stream.index]
        if kind not in ("audio", "subtitle") or codec not in able:
            left.append(f"{kind} {codec}".strip())
            continue
        copy = film.add_stream_from_template(stream)
        copy.metadata.update({k: v for k, v in stream.metadata.items() if k.lower() not in STALE})
        copy.disposition = stream.disposition
        made[stream.index] = copy
    return made, left


def _pictures(journal: Journal, encoding: Encoding, stream: Any) -> Iterator[tuple[Fraction, Any]]:
    """The journal's packets with the time of their decoding in seconds."""
    from av import Packet

    times = decoding_times(journal.stamps)
    shown = np.sort(np.frombuffer(journal.stamps, np.int64)) if len(journal.stamps) else times
    lasting = np.append(np.diff(shown), max(1, journal.last_duration))
    for (pts, key, data), dts in zip(journal.packets(), times, strict=True):
        packet = Packet(data)
        packet.time_base = encoding.time_base
        packet.pts, packet.dts = pts, int(dts)
        packet.duration = int(lasting[np.searchsorted(shown, pts)])
        packet.is_keyframe = key
        packet.stream = stream
        yield int(dts) * encoding.time_base, packet


def _sounds(source: Any, copies: dict[int, Any], end: Fraction | None) -> Iterator[tuple[Fraction, Any]]:
    """The source's packets that are copied, up to a time in seconds, with the time of their decoding."""
    from av.error import FFmpegError

    if not copies:
        return
    packets = source.demux(*(stream for stream in source.streams if stream.index in copies))
    while True:
        try:
            packet = next(packets, None)
        except FFmpegError:  # cut short: the pictures' reading says so
            return
        if packet is None:
            return
        stamp = packet.dts if packet.dts is not None else packet.pts
        if stamp is None or not packet.size:
            continue  # what flushes decoders
        seconds = stamp * packet.time_base
        if end is None or seconds < end:
            packet.stream = copies[packet.stream.index]
            yield seconds, packet


def _mux(film: Any, pictures: Iterator[tuple[Fraction, Any]], sounds: Iterator[tuple[Fraction, Any]]) -> None:
    """Both in the order of time."""
    sound = next(sounds, None)
    for seconds, picture in pictures:
        while sound is not None and sound[0] <= seconds:
            film.mux_one(sound[1])
            sound = next(sounds, None)
        film.mux_one(picture)
    while sound is not None:
        film.mux_one(sound[1])
        sound = next(sounds, None)


def _end(journal: Journal, encoding: Encoding) -> Fraction:
    """Where an unfinished journal's pictures end, in seconds."""
    return (max(journal.stamps) + max(1, journal.last_duration)) * encoding.time_base
