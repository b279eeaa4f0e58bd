"""`oncedesk bench pages`: finding every paper in a 5-megapixel frame, beside a classic contour scanner and the JPEG's decoding.

Frames: the demo's papers, laid anew on drawn desks of seven kinds under drawn light, so that their corners are known; and the desks
empty. CPU milliseconds of this one thread, after decoding and with refinement. `against_*` is the scanner's part.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import resources
from statistics import mean, median, quantiles
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop.bench.timing import Timing
from desktop.recognition import pages
from desktop.recognition.desk import EmptyDesk, reduced
from desktop.recognition.sides import Corners, Floats
from hardware.opencv import cv2
from hardware.readings import Image

WIDTH, HEIGHT = 2592, 1944
A_FRAME_MS, A_LOOK_MS = 45.0, 25.0
LOOK_WIDTH = 864
DESKS = ("dark", "grey", "wood", "tiles", "stripes", "mat", "white")
STEMS = ("mother_card_front", "father_card_back", "marriage_certificate", "register_home", "register_member", "registration_form")
_A_HIT = 0.5


@dataclass(frozen=True)
class Laid:
    """One frame and the corners of what lies in it."""

    picture: bytes = field(repr=False)
    truths: tuple[Corners, ...]
    desk: str
    station: int


@dataclass
class Score:
    """How one finder did."""

    ious: list[float] = field(default_factory=list)
    false_pages: int = 0
    empty_pages: int = 0
    ms: list[float] = field(default_factory=list)

    def add(self, laid: Laid, quads: Sequence[Corners]) -> None:
        """Count one frame's pages."""
        self.ious += [max((_iou(truth, quad) for quad in quads), default=0.0) for truth in laid.truths]
        stray = sum(all(_iou(truth, quad) < _A_HIT for truth in laid.truths) for quad in quads)
        if laid.truths:
            self.false_pages += stray
        else:
            self.empty_pages += stray

    def told(self, prefix: str = "") -> dict[str, float]:
        """As `detail` keys."""
        return {f"{prefix}mean_iou": round(mean(self.ious), 4), f"{prefix}above_0_95": round(mean(iou > 0.95 for iou in self.ious), 4),
                f"{prefix}found": sum(iou > _A_HIT for iou in self.ious), f"{prefix}false_pages": self.false_pages,
                f"{prefix}pages_on_empty_desks": self.empty_pages}


def run(seconds: float = 2.0) -> tuple[Timing, ...]:
    """Two frames with papers and one empty of each desk, all of them at least twice."""
    cv2.setNumThreads(1)
    frames = [laid for number, desk in enumerate(DESKS) for laid in _station(desk, number)]
    known = {laid.station: EmptyDesk.of(_decoded(laid.picture)) for laid in frames if not laid.truths}
    ours, learnt, classic, live = Score(), Score(), Score(), Score()
    decoding: list[float] = []
    end = time.perf_counter() + seconds
    for rounds in range(1_000_000):
        for laid in frames:
            image = _timed(partial(_decoded, laid.picture), decoding)
            desk = known[laid.station]
            small = reduced(image, LOOK_WIDTH)
            answers = ((ours, _timed(partial(pages.find_quads, image), ours.ms)),
                       (learnt, _timed(partial(pages.find_quads, image, desk=desk), learnt.ms)),
                       (classic, _timed(partial(classic_scanner, image), classic.ms)),
                       (live, [quad * WIDTH / LOOK_WIDTH for quad in
                               _timed(partial(pages.find_quads, small, refine=False), live.ms)]))
            if rounds == 0:
                for score, quads in answers:
                    score.add(laid, quads)
        if rounds and time.perf_counter() > end:
            break
    counted: dict[str, float] = {"frames": len(frames), "papers": len(ours.ious)}
    name = "a classic contour scanner (grey, blur, Canny, the largest four-cornered outline)"
    return (
        _row("papers in a 5 MP frame", ours, name, classic.ms, A_FRAME_MS, {**counted, **ours.told(), **classic.told("against_")}),
        _row("the same beside decoding", ours, "cv2 decoding the frame's JPEG", decoding, None, counted),
        _row("papers in a 5 MP frame, the empty desk learnt", learnt, name, classic.ms, None,
             {**counted, **learnt.told(), **classic.told("against_")}),
        _row(f"papers in a live frame of {LOOK_WIDTH} pixels", live, "cv2 decoding a 5 MP frame's JPEG", decoding, A_LOOK_MS,
             {**counted, **live.told()}))


def classic_scanner(image: Image) -> list[Corners]:
    """What every tutorial's scanner does: at 500 pixels high, the largest outline that simplifies to four corners."""
    factor = 500 / image.shape[0]
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    edges = cv2.Canny(cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (5, 5), 0), 75, 200)
    outlines, _ = cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for outline in sorted(outlines, key=cv2.contourArea, reverse=True)[:5]:
        corners = cv2.approxPolyDP(outline, 0.02 * cv2.arcLength(outline, closed=True), closed=True)
        if len(corners) == 4:
            return [(corners[:, 0] / factor).astype(np.float32)]
    return []


def _row(name: str, score: Score, against: str, other: list[float], target: float | None, detail: dict[str, float]) -> Timing:
    return Timing(name, median(score.ms), quantiles(score.ms, n=20)[-1], against, median(other), target, detail)


def _timed(call: Callable[[], Any], kept: list[float]) -> Any:
    start = time.thread_time()
    made = call()
    kept.append((time.thread_time() - start) * 1000)
    return made


def _decoded(picture: bytes) -> Image:
    image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(image, dtype=np.uint8)


def _iou(one: Corners, other: Corners) -> float:
    first, second = cv2.convexHull(one), cv2.convexHull(other)
    shared = float(cv2.intersectConvexConvex(first, second)[0])
    return shared / (float(cv2.contourArea(first)) + float(cv2.contourArea(second)) - shared)


def _station(desk: str, number: int) -> list[Laid]:
    """One window's desk: empty, with one paper, with a pair."""
    chance = random.Random(f"{desk} {number}")
    one, two, three = (_paper(STEMS[(number + step) % len(STEMS)]) for step in (0, 2, 4))
    small = [paper for paper in (two, three) if max(paper.shape[:2]) < 1500] or [two]
    spots = [(0.28, 0.5), (0.72, 0.5)][: len(small)] if len(small) > 1 else [(0.4, 0.5)]
    return [Laid(*_drawn(desk, number, laid, chance), desk, number)
            for laid in ([], [(one, (0.5, 0.5))], list(zip(small, spots, strict=True)))]


def _paper(stem: str) -> Image:
    """A paper cut out of its demo frame, in the frame's own pixels."""
    image = _decoded(resources.files("resources").joinpath("recordings", "desk", f"{stem}.jpg").read_bytes())
    return pages.dewarp(image, pages.find_quads(image)[0], shortest=1)


def _drawn(desk: str, number: int, papers: list[tuple[Image, tuple[float, float]]],
           chance: random.Random) -> tuple[bytes, tuple[Corners, ...]]:
    """The frame's JPEG and the corners of its papers."""
    frame = _desk_top(desk, number)
    truths = []
    for paper, (across, down) in papers:
        height, width = paper.shape[:2]
        fit = min(1.0, 0.94 * HEIGHT / height, 0.46 * WIDTH / width if len(papers) > 1 else 1.0)
        turn = np.deg2rad(chance.uniform(-6, 6) if max(height, width) * fit < 1600 else chance.uniform(-1, 1))
        box = np.array([(-width, -height), (width, -height), (width, height), (-width, height)]) / 2 * fit
        quad = box @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + (across * WIDTH, down * HEIGHT)
        quad += [[chance.uniform(-12, 12) for _ in range(2)] for _ in range(4)]
        truths.append(quad.astype(np.float32))
        source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - 0.5
        way = cv2.getPerspectiveTransform(source, truths[-1])
        cover = cv2.warpPerspective(np.ones((height, width), np.float32), way, (WIDTH, HEIGHT))
        shadow = cv2.GaussianBlur(np.roll(cover, (9, chance.randint(-8, 8)), (0, 1))[::4, ::4], (0, 0), 3)
        frame *= 1 - 0.3 * cv2.resize(shadow, (WIDTH, HEIGHT))[..., None]
        seen = cv2.warpPerspective(paper, way, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
        frame += (seen - frame) * cover[..., None]
    lamp = np.linspace(1 - chance.uniform(0, 0.15), 1 + chance.uniform(0, 0.1), WIDTH, dtype=np.float32)
    frame *= lamp[None, :, None]
    frame += np.random.default_rng(number).normal(0, 3, (HEIGHT, WIDTH, 1)).astype(np.float32)
    done, coded = cv2.imencode(".jpg", np.clip(frame, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 88])
    assert done
    return coded.tobytes(), tuple(truths)


def _desk_top(desk: str, number: int) -> Floats:
    """BGR floats."""
    rng = np.random.default_rng(number)

    def cloudy(height: int, width: int, strength: float) -> NDArray[Any]:
        return cv2.resize(rng.uniform(-strength, strength, (height, width)).astype(np.float32), (WIDTH, HEIGHT))[..., None]

    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH]
    ground = {"dark": (48, 46, 50), "grey": (150, 152, 150), "wood": (80, 118, 158), "tiles": (168, 176, 180), "stripes": (140, 120, 100),
              "mat": (176, 186, 196), "white": (226, 230, 232)}[desk]
    top = np.empty((HEIGHT, WIDTH, 3), np.float32)
    top[:] = ground
    if desk == "wood":
        top += cloudy(260, 5, 14) + cloudy(60, 3, 8)
        top[np.isin(ys // 4, np.arange(90, 480, 150))] *= 0.6
    elif desk == "tiles":
        top[((xs + 70) % 520 < 10) | ((ys + 40) % 520 < 10)] *= 0.72
    elif desk == "stripes":
        top += np.where((xs + ys) // 70 % 2 == 0, 14.0, -14.0)[..., None]
    elif desk == "mat":
        top[90:-120, 150:-110] = (70, 84, 62)
    return np.asarray(top + cloudy(90, 160, 3) + cloudy(5, 7, 4), dtype=np.float32)
