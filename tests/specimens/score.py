"""`python -m tests.specimens score --views FROM TO`: how well frames become fields, dev and held-back views apart.

Prints a table and, with --json, the figures and every mistake. CPU time is that of this one thread; the models run on one.
"""

import argparse
import json
import pickle
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import mean, median
from typing import Any

import numpy as np

from desktop.domain.prefill import SURE
from desktop.recognition.read import Recogniser
from desktop.recognition.reading import Page
from hardware.opencv import cv2
from tests.specimens.scenes import HEIGHT, WIDTH, Truth, jpeg
from tests.specimens.sheet import all_faces
from tests.specimens.views import SHARP, shot

RIM = 14.0
CARDS = ("id_card_front", "id_card_back")


@dataclass(frozen=True)
class Taken:
    """One frame as the camera hands it over, with the truth."""

    number: int
    condition: str
    desk: str
    held_back: bool
    picture: bytes = field(repr=False)
    truths: tuple[Truth, ...] = field(repr=False)


@dataclass
class Seen:
    """One paper that lay there, and what became of it."""

    number: int
    condition: str
    desk: str
    doc_type: str
    found: bool = False
    iou: float = 0.0
    upright: bool = False
    typed: str = ""
    verdict: str | None = None
    ms: float = 0.0
    """CPU from the frame's bytes to fields, divided by the papers found."""
    fields: dict[str, tuple[str, str, float]] = field(default_factory=dict)
    """key: printed, read ("" = absent), confidence."""

    def wrong(self) -> dict[str, tuple[str, str, float]]:
        """The fields not read exactly."""
        return {key: one for key, one in self.fields.items() if one[0] != one[1]}


@dataclass
class Tally:
    """All that was seen of one side of the division."""

    frames: int = 0
    empties: int = 0
    false_pages: int = 0
    """Pages where no paper lay."""
    frame_ms: list[float] = field(default_factory=list)
    papers: list[Seen] = field(default_factory=list)
    extra: list[tuple[int, str, str]] = field(default_factory=list)
    """Fields read that are not printed: number, key, value."""


def frames(first: int, last: int, cache: Path | None = None) -> Iterator[Taken]:
    """Views first..last-1; `cache` keeps what takes two seconds each to draw."""
    for number in range(first, last):
        kept = cache / f"{number}.pickle" if cache else None
        if kept and kept.exists():
            yield pickle.loads(kept.read_bytes())
            continue
        made = shot(number, all_faces())
        taken = Taken(number, made.condition, made.desk, made.held_back, jpeg(made.scene), made.scene.truths)
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(pickle.dumps(taken))
        yield taken


def iou(one: Any, other: Any) -> float:
    """Of two convex quads."""
    a, b = np.asarray(one, np.float32), np.asarray(other, np.float32)
    shared = cv2.intersectConvexConvex(a, b)[0]
    whole = cv2.contourArea(a) + cv2.contourArea(b) - shared
    return float(shared / whole) if whole else 0.0


def _at_rim(truth: Truth) -> bool:
    """Whether the paper comes so near the frame's rim that the gate should ask for it to be moved."""
    corners = np.array(truth.quad)
    return bool((corners < RIM).any() or (corners[:, 0] > WIDTH - RIM).any() or (corners[:, 1] > HEIGHT - RIM).any())


def judge(taken: Taken, pages: tuple[Page, ...], tally: Tally, cpu_ms: float) -> None:
    """Hold one frame's pages against what lay there."""
    tally.frames += 1
    tally.frame_ms.append(cpu_ms)
    tally.empties += not taken.truths
    left = list(pages)
    for truth in taken.truths:
        seen = Seen(taken.number, "cut_off" if _at_rim(truth) else taken.condition, taken.desk, truth.doc_type)
        seen.fields = {key: (value, "", 0.0) for key, value in truth.fields.items()} if truth.doc_type != "other" else {}
        best = max(left, key=lambda page: iou(page.quad, truth.quad), default=None)
        if best is not None and (shared := iou(best.quad, truth.quad)) > 0.5:
            left = [page for page in left if page is not best]
            seen.found, seen.iou, seen.typed, seen.verdict, seen.ms = True, shared, best.doc_type, best.quality.verdict, cpu_ms / len(pages)
            corner = np.linalg.norm(np.array(truth.quad) - np.array(best.quad[0]), axis=1)
            seen.upright = int(corner.argmin()) == 0
            for key, (printed, _, _) in seen.fields.items():
                if (read := best.fields.get(key)) is not None:
                    seen.fields[key] = (printed, read.value, read.confidence)
            tally.extra += [(taken.number, key, one.value) for key, one in best.fields.items() if key not in seen.fields]
        tally.papers.append(seen)
    tally.false_pages += len(left)


def figures(tally: Tally) -> dict[str, Any]:
    """What the table says, keys in English."""
    papers = tally.papers
    whole = [one for one in papers if one.condition != "cut_off"]
    found = [one for one in whole if one.found]
    sharp = [one for one in whole if one.condition in SHARP]
    passed = [one for one in found if one.verdict is None]
    pairs = Counter(one.number for one in whole if one.condition == "two_cards" and one.found)
    read = [one for one in passed if one.fields]
    every = [(one, key, *values) for one in read for key, values in one.fields.items()]
    sure = [row for row in every if row[3] and row[4] >= SURE]
    by_type: dict[str, dict[str, Any]] = {}
    for kind in sorted({one.doc_type for one in read}):
        pages = [one for one in read if one.doc_type == kind]
        by_type[kind] = {"pages": len(pages), "fields": sum(len(one.fields) for one in pages), "exact": _exact(pages),
                         "all_right": _share(not one.wrong() for one in pages), "ms": _median(one.ms for one in pages)}
    cards = [one for one in read if one.doc_type in CARDS]
    rest = [one for one in read if one.doc_type not in CARDS]
    return {
        "frames": tally.frames, "empty_frames": tally.empties, "papers": len(whole), "found": _share(one.found for one in whole),
        "iou_mean": mean([one.iou for one in whole] or [0.0]), "iou_over_095": _share(one.iou > 0.95 for one in whole),
        "both_cards": _share(count == 2 for count in pairs.values()), "false_pages": tally.false_pages,
        "upright": _share(one.upright for one in found), "type_right": _share(one.typed == one.doc_type for one in passed),
        "gate_refuses_sharp": _share(one.verdict is not None for one in sharp if one.found),
        "gate_lets_pass": {condition: _share(one.verdict is None for one in papers if one.found and one.condition == condition)
                           for condition in sorted({one.condition for one in papers})},
        "card_fields_exact": _exact(cards), "other_fields_exact": _exact(rest),
        "pages_all_right": _share(not one.wrong() for one in read), "by_type": by_type,
        "sure_of_all": _share(row[4] >= SURE for row in every), "wrong_among_sure": _share(row[2] != row[3] for row in sure),
        "sure_fields": len(sure), "wrong_caught": _share(row[4] < SURE for row in every if row[2] != row[3]),
        "unprinted_fields": len(tally.extra), "page_ms": _median(one.ms for one in found), "frame_ms": _median(tally.frame_ms),
    }


def _exact(papers: list[Seen]) -> float:
    return _share(values[0] == values[1] for one in papers for values in one.fields.values())


def _share(truths: Iterable[bool]) -> float:
    counted = list(truths)
    return sum(counted) / len(counted) if counted else float("nan")


def _median(values: Iterable[float]) -> float:
    counted = list(values)
    return median(counted) if counted else float("nan")


def table(sides: dict[str, dict[str, Any]]) -> str:
    """The figures of both sides beside each other."""
    rows = [("", *sides)]
    first = next(iter(sides.values()))
    for key, value in first.items():
        if not isinstance(value, dict):
            rows.append((key, *(_shown(side[key]) for side in sides.values())))
    for kind in sorted({kind for side in sides.values() for kind in side["by_type"]}):
        cells = []
        for side in sides.values():
            one = side["by_type"].get(kind)
            cells.append(f"{one['exact']:.4f} / {one['all_right']:.3f} of {one['pages']} / {one['ms']:.0f} ms" if one else "-")
        rows.append((kind, *cells))
    rows += [(f"passes: {condition}", *(_shown(side["gate_lets_pass"].get(condition, float("nan"))) for side in sides.values()))
             for condition in sorted({name for side in sides.values() for name in side["gate_lets_pass"]})]
    return "\n".join(f"{row[0]:28s}" + "".join(f"{cell:>44s}" for cell in row[1:]) for row in rows)


def _shown(value: float) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def main(words: list[str]) -> int:
    """The command."""
    asked = argparse.ArgumentParser(prog="python -m tests.specimens score")
    asked.add_argument("--views", nargs=2, type=int, default=(0, 330), metavar=("FROM", "TO"))
    asked.add_argument("--only", choices=("dev", "held"), help="one side alone")
    asked.add_argument("--json", type=Path)
    asked.add_argument("--cache", type=Path, help="a folder that keeps the drawn frames")
    asked.add_argument("--mistakes", action="store_true", help="tell every mistake of the dev side")
    args = asked.parse_args(words)
    recogniser = Recogniser()
    recogniser.warm()
    sides: dict[str, Tally] = defaultdict(Tally)
    for taken in frames(args.views[0], args.views[1], args.cache):
        side = "held" if taken.held_back else "dev"
        if args.only not in {None, side}:
            continue
        start = time.thread_time()
        pages = recogniser.read(taken.picture)
        judge(taken, pages, sides[side], (time.thread_time() - start) * 1000)
    told = {side: figures(sides[side]) for side in sorted(sides)}
    print(f"faces: {', '.join(all_faces())}; SURE = {SURE}")
    print(table(told))
    if args.mistakes and "dev" in sides:
        for one in sides["dev"].papers:
            _tell(one)
        print(*sides["dev"].extra, sep="\n")
    if args.json:
        args.json.write_text(json.dumps({side: {**told[side], "papers": [asdict(one) for one in sides[side].papers]} for side in told},
                                        ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


def _tell(one: Seen) -> None:
    if not one.found or one.iou < 0.95 or (one.verdict is not None and one.condition in SHARP) or not one.upright:
        print(f"{one.number} {one.condition} {one.desk} {one.doc_type}: found {one.found}, IoU {one.iou:.3f}, upright {one.upright}, "
              f"{one.verdict}")
    if one.found and one.verdict is None:
        for key, (printed, read, confidence) in one.wrong().items():
            print(f"{one.number} {one.condition} {one.typed}.{key} [{confidence:.3f}]: {printed} -> {read or '(absent)'}", file=sys.stdout)
