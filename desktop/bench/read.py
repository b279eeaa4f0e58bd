"""`oncedesk bench read`: from a frame's bytes and from a rectified page to fields, beside the plain `rapidocr` call on that page.

Frames: the demo desk's, invented people. CPU milliseconds of the whole process with one thread in every library, so that a busy machine
counts less. Both ways' lines go through the same templates; `exact` and `against_exact` count the fields that are as printed.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from importlib import resources
from statistics import median, quantiles
from typing import Any

import numpy as np

from desktop.bench.timing import Timing
from desktop.recognition import papers
from desktop.recognition.engine import Line, spaced
from desktop.recognition.read import Recogniser
from desktop.recognition.reading import Page
from hardware.opencv import cv2
from hardware.readings import IdCard, Image
from hardware.simulated.people import FATHER, HOUSEHOLD, MARRIAGE, MOTHER

CARD_MS, PAGE_MS = 500.0, 1000.0
AT_MOST_OF_PLAIN = 0.5
CARDS = ("mother_card_front", "father_card_front", "mother_card_back", "father_card_back")
PAGES = ("marriage_certificate", "register_home", "register_member")
_ROUNDS = 3


class LessAccurate(Exception):
    """The plain call read more fields rightly in this run; the message says how many."""


def run(seconds: float = 2.0) -> tuple[Timing, ...]:
    """At least three rounds over all frames. Raises LessAccurate, NoEngine."""
    cv2.setNumThreads(1)
    ours, plain = Recogniser(threads=1), _plain()
    ours.warm()
    kinds = (("identity card", CARDS, CARD_MS), ("register page or certificate", PAGES, PAGE_MS))
    return tuple(timing for kind, stems, target in kinds for timing in _measured(kind, stems, target, ours, plain, seconds))


def _measured(kind: str, stems: tuple[str, ...], target: float, ours: Recogniser, plain: Callable[[Image], tuple[Line, ...]],
              seconds: float) -> tuple[Timing, Timing]:
    frames: list[float] = []
    read: list[float] = []
    against: list[float] = []
    exact, against_exact, of, rounds = 0, 0, 0, 0
    end = time.perf_counter() + seconds
    while rounds < _ROUNDS or time.perf_counter() < end:
        for stem in stems:
            picture = resources.files("resources").joinpath("recordings", "desk", f"{stem}.jpg").read_bytes()
            (page,), spent = _timed(partial(ours.read, picture))
            again, reading = _timed(partial(ours.read_flat, page.image))
            lines, other = _timed(partial(plain, page.image))
            if rounds:                                   # the first round warms up
                frames.append(spent)
                read.append(reading)
                against.append(other)
                printed = _printed(stem)
                of += len(printed)
                exact += _right(printed, {key: one.value for key, one in again.fields.items()})
                against_exact += _right(printed, _fields(page, lines))
        rounds += 1
    if exact < against_exact:
        raise LessAccurate(f"{kind}: {exact} of {of}, plain rapidocr {against_exact}")
    counted = {"fields": of, "exact": exact, "against_exact": against_exact}
    name = "the plain rapidocr call on the rectified page"
    return (Timing(f"{kind}: frame to fields", median(frames), quantiles(frames, n=20)[-1], name, median(against), target, counted),
            Timing(f"{kind}: rectified page to fields", median(read), quantiles(read, n=20)[-1], name, median(against),
                   AT_MOST_OF_PLAIN * median(against), counted))


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    made = call()
    return made, (time.process_time() - start) * 1000


def _plain() -> Callable[[Image], tuple[Line, ...]]:
    """`RapidOCR()(page)` as its README has it, on one thread."""
    from rapidocr import RapidOCR

    engine: Any = RapidOCR(params={"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                              "EngineConfig.onnxruntime.inter_op_num_threads": 1})

    def read(page: Image) -> tuple[Line, ...]:
        found = engine(page)
        if found.boxes is None or found.txts is None:
            return ()
        return tuple(_line(np.asarray(box), text, float(score))
                     for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True))

    return read


def _line(box: Any, text: str, score: float) -> Line:
    left, top, right, bottom = (float(value) for value in (*box.min(axis=0), *box.max(axis=0)))
    return Line(text, score, left, top, right, bottom, spaced("".join(text.split()), left, right))


def _fields(page: Page, lines: tuple[Line, ...]) -> dict[str, str]:
    height, width = page.image.shape[:2]
    paper = papers.recognise_type(lines, width / height)
    return {key: one.value for key, one in papers.read_fields(paper, lines, width, height).items()} if paper else {}


def _right(printed: Mapping[str, str], read: Mapping[str, str]) -> int:
    return sum(read.get(key) == value for key, value in printed.items())


def _printed(stem: str) -> dict[str, str]:
    """What stands on the paper of a demo frame."""
    person = FATHER if stem.startswith("father") or stem == "register_member" else MOTHER
    front = {"name": person.name, "sex": _sex(person), "nation": "汉", "birth": str(person.birth_date), "id_number": person.number}
    if stem.endswith("_front"):
        return {**front, "address": person.address or ""}
    if stem.endswith("_back"):
        return {"authority": person.authority or "", "valid_from": str(person.valid_from), "valid_to": str(person.valid_to)}
    if stem == "marriage_certificate":
        couple = {f"{key}_{number}": value for number, one in enumerate((MOTHER, FATHER), start=1)
                  for key, value in (("name", one.name), ("sex", _sex(one)), ("birth", str(one.birth_date)), ("id_number", one.number))}
        return {"holder": MARRIAGE.holder, "cert_no": MARRIAGE.cert_no, "register_date": str(MARRIAGE.register_date), **couple}
    home = {key: str(value) for key, value in asdict(HOUSEHOLD).items()}
    if stem == "register_home":
        return {key: home[key] for key in ("household_type", "household_no", "head_name", "address", "issue_date")}
    keys = ("birth_place", "native_place", "education", "marital", "occupation", "employer", "height", "blood")
    return {**front, **{key: home[key] for key in keys}, "relation": home["member_relation"], "register_date": home["issue_date"]}


def _sex(person: IdCard) -> str:
    return "男" if person.sex == "1" else "女"
