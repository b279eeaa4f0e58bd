"""A document camera's view of a desk with papers: perspective, shadow, light, blur, noise; and the truth about it.

Everything follows from the random generator given. The desk is measured in mm; the camera sees 340 x 255 mm of it.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hardware.opencv import cv2
from hardware.readings import Image
from tests.specimens.papers import Specimen

WIDTH, HEIGHT = 2592, 1944
DESK = (340.0, 255.0)
DESKS = ("oak", "grey", "dark", "green", "white", "checked")
MORE_DESKS = ("walnut", "speckled", "cloth", "pale")
"""Dark wood, stone, woven cloth with stripes, a pale board."""
Floats = NDArray[np.float32]
Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Truth:
    """One paper in the view: corners clockwise from the page's own top left, in pixels."""

    quad: Quad
    doc_type: str
    fields: dict[str, str]
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Scene:
    """BGR frame of 2592 x 1944 and what lies in it."""

    image: Image = field(repr=False)
    truths: tuple[Truth, ...]


@dataclass(frozen=True)
class Pose:
    """Where a paper lies: its centre in mm on the desk, turned clockwise by `angle` degrees."""

    x: float
    y: float
    angle: float


def _noise(rng: np.random.Generator, height: int, width: int) -> Floats:
    """Smooth noise in -1..1, `height` x `width` cells blown up to the frame."""
    cells = rng.uniform(-1, 1, (height, width)).astype(np.float32)
    return np.asarray(cv2.resize(cells, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def desk_top(kind: str, seed: int) -> Floats:
    """An empty desk as BGR floats."""
    rng = np.random.default_rng(seed)
    base = {"oak": (92, 132, 172), "grey": (150, 152, 150), "dark": (52, 50, 54), "green": (88, 118, 84),
            "white": (206, 210, 212), "checked": (140, 120, 110), "walnut": (40, 58, 86),
            "speckled": (128, 136, 142), "cloth": (120, 92, 84), "pale": (186, 206, 218)}[kind]
    desk = np.empty((HEIGHT, WIDTH, 3), np.float32)
    desk[:] = np.array(base, np.float32) + rng.uniform(-8, 8, 3).astype(np.float32)
    grain = _noise(rng, 90, 160) * 3
    if kind in {"oak", "walnut"}:
        stretched = _noise(rng, 260, 5) * 9 + _noise(rng, 60, 3) * 8
        desk += (stretched + grain)[:, :, None]
        for plank in range(300 + int(rng.integers(0, 300)), HEIGHT, 640):
            desk[plank:plank + 4] *= 0.72
    elif kind == "checked":
        side = int(rng.integers(90, 150))
        ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH]
        desk += (np.where(((xs // side) + (ys // side)) % 2 == 0, 10, -10).astype(np.float32) + grain)[:, :, None]
    elif kind == "speckled":
        desk += (grain + np.where(np.abs(_noise(rng, 500, 660)) > 0.8, 26, 0).astype(np.float32))[:, :, None]
    elif kind == "cloth":
        xs = np.arange(WIDTH, dtype=np.float32)[None, :, None]
        desk += (grain + _noise(rng, 650, 860) * 6)[:, :, None] + 16 * np.sign(np.sin(xs / float(rng.uniform(30, 80))))
    else:
        desk += (grain + _noise(rng, 5, 7) * 4)[:, :, None]
    return desk


def _corners(specimen: Specimen, pose: Pose) -> Floats:
    width, height = specimen.size
    turn = np.deg2rad(pose.angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    box = np.array([(-width, -height), (width, -height), (width, height), (-width, height)]) / 2
    return np.asarray(box @ rotation.T + (pose.x, pose.y), dtype=np.float32)


def _camera(rng: random.Random, tilt: float) -> NDArray[np.float64]:
    """Desk mm -> frame pixels: the camera's arm is never quite upright."""
    desk = np.array([(0, 0), (DESK[0], 0), DESK, (0, DESK[1])], np.float32)
    seen = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], np.float32)
    seen += np.array([(rng.uniform(-tilt, tilt), rng.uniform(-tilt, tilt)) for _ in range(4)], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(desk, seen), dtype=np.float64)


def _lay(frame: Floats, specimen: Specimen, quad: Floats, rng: random.Random) -> None:
    """Lay one paper with its contact shadow into the frame, in place."""
    long_side = max(float(np.linalg.norm(quad[1] - quad[0])), 1.0)
    shrink = min(1.0, 1.15 * long_side / specimen.image.shape[1])
    paper = cv2.resize(specimen.image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    height, width = paper.shape[:2]
    cover = np.full((height, width), 255, np.uint8)
    if specimen.corner_radius:
        radius = round(specimen.corner_radius / specimen.size[0] * width)
        cover[:] = 0
        cv2.rectangle(cover, (radius, 0), (width - radius, height), 255, -1)
        cv2.rectangle(cover, (0, radius), (width, height - radius), 255, -1)
        for x in (radius, width - radius - 1):
            for y in (radius, height - radius - 1):
                cv2.circle(cover, (x, y), radius, 255, -1, cv2.LINE_AA)
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    homography = cv2.getPerspectiveTransform(source, quad)
    size = (WIDTH, HEIGHT)
    seen = cv2.warpPerspective(paper, homography, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.warpPerspective(cover, homography, size, flags=cv2.INTER_LINEAR).astype(np.float32) / 255
    shift = np.array([[1, 0, rng.uniform(-14, 14)], [0, 1, rng.uniform(4, 16)]], np.float32)
    quarter = cv2.resize(mask, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    shift[:, 2] /= 4
    shadow = cv2.warpAffine(quarter, shift, (quarter.shape[1], quarter.shape[0]))
    shadow = cv2.GaussianBlur(shadow, (0, 0), rng.uniform(1.5, 4))
    shadow = cv2.resize(shadow, size, interpolation=cv2.INTER_LINEAR)
    frame *= (1 - rng.uniform(0.18, 0.42) * shadow)[:, :, None]
    frame *= (1 - mask)[:, :, None]
    frame += seen.astype(np.float32) * mask[:, :, None]


def _light(frame: Floats, rng: random.Random, seed: int, strength: float) -> None:
    """A lamp to one side, and sometimes the soft shadow of an arm."""
    noise = np.random.default_rng(seed)
    ys, xs = np.mgrid[0:HEIGHT:8, 0:WIDTH:8].astype(np.float32)
    turn = rng.uniform(0, 2 * np.pi)
    ramp = ((xs / WIDTH - 0.5) * np.cos(turn) + (ys / HEIGHT - 0.5) * np.sin(turn)) * strength
    clouds = cv2.resize(noise.uniform(-1, 1, (3, 4)).astype(np.float32), xs.shape[::-1], interpolation=cv2.INTER_CUBIC)
    field_of_light = 1 + ramp + 0.03 * clouds
    if rng.random() < 0.5:
        middle = (rng.uniform(-0.1, 1.1) * WIDTH, rng.uniform(0.7, 1.2) * HEIGHT)
        far = ((xs - middle[0]) / rng.uniform(500, 900)) ** 2 + ((ys - middle[1]) / rng.uniform(300, 600)) ** 2
        field_of_light *= 1 - rng.uniform(0.1, 0.35) * np.exp(-far)
    frame *= cv2.resize(field_of_light.astype(np.float32), (WIDTH, HEIGHT))[:, :, None]


def view(papers: Sequence[tuple[Specimen, Pose]], rng: random.Random, *, desk: str = "oak", tilt: float = 60.0,
         light: float = 0.25, blur: float = 0.6, motion: int = 0, noise: float = 2.5, glare: bool = False,
         station: int | None = None) -> Scene:
    """Photograph the papers.

    `blur` is a Gaussian's sigma and `motion` a smear, in pixels; `glare` puts a lamp's spot on the first paper.
    Views of one `station` share the desk and the camera arm, as at a real window.
    """
    seed = rng.randrange(2**31)
    place = rng.randrange(2**31) if station is None else station
    frame = desk_top(desk, place)
    camera = _camera(random.Random(place), tilt)
    truths = []
    for specimen, pose in papers:
        quad = cv2.perspectiveTransform(_corners(specimen, pose)[None], camera)[0].astype(np.float32)
        _lay(frame, specimen, quad, rng)
        corners = [(float(x), float(y)) for x, y in quad]
        truths.append(Truth((corners[0], corners[1], corners[2], corners[3]), specimen.doc_type, specimen.fields, specimen.codes))
    _light(frame, rng, seed, light)
    if glare and truths:
        x, y = np.mean(np.array(truths[0].quad), axis=0)
        spot = np.zeros((HEIGHT // 4, WIDTH // 4), np.float32)
        cv2.ellipse(spot, (int(x / 4), int(y / 4)), (26, 16), 30, 0, 360, 255.0, -1)
        frame += cv2.resize(cv2.GaussianBlur(spot, (0, 0), 5), (WIDTH, HEIGHT))[:, :, None] * 1.4
    if motion > 1:
        kernel = np.zeros((motion, motion), np.float32)
        cv2.line(kernel, (0, rng.randrange(motion)), (motion - 1, rng.randrange(motion)), 1.0)
        frame = np.asarray(cv2.filter2D(frame, -1, kernel / kernel.sum()), dtype=np.float32)
    if blur:
        frame = np.asarray(cv2.GaussianBlur(frame, (0, 0), blur), dtype=np.float32)
    frame += np.random.default_rng(seed).normal(0, noise, (HEIGHT, WIDTH, 1)).astype(np.float32)
    return Scene(np.clip(frame, 0, 255).astype(np.uint8), tuple(truths))


def jpeg(scene: Scene, quality: int = 88) -> bytes:
    """The frame as the camera would hand it over."""
    done, coded = cv2.imencode(".jpg", scene.image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return coded.tobytes()
