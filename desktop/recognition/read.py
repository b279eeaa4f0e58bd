"""From a picture's bytes to pages with fields: the front door of recognition."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from desktop.recognition import codes, decoding, pages, papers, quality
from desktop.recognition.desk import EmptyDesk, Watched
from desktop.recognition.engine import Line, NoEngine, TextEngine, without_seals
from desktop.recognition.reading import Code, DocType, NotAPicture, Page, Point, Quality
from desktop.recognition.sides import Corners
from desktop.recognition.tesseract import FirstThatLoads, every_engine
from desktop.recognition.text_layer import text_lines
from desktop.recognition.upright import Upright, turned
from hardware.faults import DeviceFault, FaultCode
from hardware.readings import Image

A_PAPER = 6
"""Lines without which nothing that cannot be read is a paper."""
A_WORD, A_SENTENCE = 4, 12
"""Characters without which nothing cut out is a paper (a portrait on a scanned page), and no whole picture is a scanned one."""
LEVEL = 0.02
"""Slope up to which lines of text lie as a scanner's."""
HARDLY_SHARP, LEGIBLE = 0.3, 0.85
"""A picture less sharp than the first whose characters are read less surely than the second is smeared, whatever its edges say."""
BLURRED_AT_MOST = 0.6
"""No field of a blurred page is offered with more confidence than this."""


@dataclass(frozen=True)
class Glance:
    """What the live preview needs to know about one reduced frame."""

    quads: tuple[tuple[Point, Point, Point, Point], ...]
    """Corners in pixels of the frame given, clockwise from the picture's top left (not yet the page's own)."""
    verdict: str | None
    """`page.none`, `page.cut_off`, `page.blurred`, `page.glare`, or None when the frame may be taken."""
    sharpness: float
    """0..1, of the least sharp page; 0 without a page."""
    complete: bool
    """No page touches the frame's edge."""
    light: float
    """0..1; low = dark or burnt out."""


class Recogniser:
    """Finds and reads the papers in a picture. One instance serves all threads; models load at first use or by warm."""

    def __init__(self, engine: TextEngine | None = None, threads: int = 1) -> None:
        self._engine: TextEngine = engine or every_engine(threads)
        self._upright = Upright(threads)
        self._busy = threading.Lock()       # one page at a time bounds memory
        self._watched = Watched()
        self.fault: str | None = None
        """`recognition.no_engine` once it is known that nothing can be read here (pages are still cut out), `recognition.second_engine`
        when Tesseract stands in and every value must be looked at."""
        self.missing = ""
        """What could not be loaded, for who maintains the machine."""

    def warm(self) -> None:
        """Load the models and start the decoder (about a second; call it in a worker). Raises NoEngine."""
        with suppress(NotAPicture):     # said of the picture that cannot be decoded
            decoding.warm()
        try:
            self._engine.warm()
            self._note_choice()
            if self.fault is None:
                self._upright.warm()
        except NoEngine as e:
            self.fault, self.missing = e.code, str(e)
            raise

    def use_desk(self, desk: EmptyDesk | None) -> None:
        """What the camera sees when nothing lies there, as another Recogniser has learnt it."""
        self._watched = Watched(desk)

    def look(self, image: Image) -> Glance:
        """Judge one reduced BGR frame for the live preview; no model is used. While nothing lies there, the desk is learnt."""
        quads = pages.find_quads(image, reduced_to=640, refine=False, desk=self._watched.desk)
        self._watched = self._watched.after(image, bare=not quads and pages.is_bare(image))
        light = quality.light(image)
        if not quads:
            return Glance((), "page.none", 0.0, complete=True, light=light)
        judged = []
        for quad in quads:
            page = pages.dewarp(image, quad, shortest=1, longest=640)
            judged.append(quality.judge(page, pages.touches_edge(quad, image.shape), max(page.shape[:2])))
        verdict = next((one.verdict for one in judged if one.verdict), None)
        return Glance(tuple(pages.as_points(quad) for quad in quads), verdict, min(one.sharpness for one in judged),
                      not any(one.touches_edge for one in judged), light * max(0.0, 1 - 8 * max(one.glare for one in judged)))

    def read(self, picture: bytes, wanted: DocType | None = None, *, sheet: int = 0,
             cancelled: Callable[[], bool] = lambda: False) -> tuple[Page, ...]:
        """Every paper in the picture, or on page `sheet` of a PDF, largest first; () when there is none.

        `wanted` is the paper asked for; it breaks ties only, the paper is what is printed on it. `cancelled` is asked between papers.
        Raises NotAPicture, or DeviceFault(CANCELLED) once nobody waits any more.
        """
        image, scale = decoding.decode(picture, sheet)
        with self._busy:
            quads = pages.find_quads(image, desk=self._watched.desk)
            found = [page for quad in _while_waited_for(quads, cancelled) if (page := self._page(image, quad, wanted)) is not None]
            known = any(page.doc_type != "other" for page in found)
            if not found or pages.may_be_parts(image, quads, known=known):      # of a flat scan its photo, table or leaves were found
                whole = self._whole(image, wanted)
                if whole is not None and (not found or (not whole.quality.touches_edge
                                                        and len(whole.fields) > sum(len(page.fields) for page in found))):
                    found = [whole]
            found = [codes.with_codes(image, page) for page in found]
        if scale == 1.0:
            return tuple(found)
        return tuple(replace(page, quad=_scaled(page.quad, scale), codes=_scaled_codes(page.codes, scale)) for page in found)

    def codes(self, picture: bytes, *, sheet: int = 0) -> tuple[Code, ...]:
        """Every code in the picture, wherever it lies: on a phone held under the camera, on a paper nobody knows. Raises NotAPicture."""
        image, scale = decoding.decode(picture, sheet)
        return _scaled_codes(codes.find(image, expected=True), scale)

    def _page(self, image: Image, quad: Corners, wanted: DocType | None) -> Page | None:
        """One paper, or None when what was found carries neither text nor a reason why none can be seen."""
        start = time.perf_counter()
        flat = pages.dewarp(image, quad)
        sides = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
        judged = quality.judge(flat, pages.touches_edge(quad, image.shape), float(sides.max()))
        turns, upright, lines = self._lines(flat)
        if judged.verdict is None and self.fault is None and _readable(lines) < A_WORD:
            if len(lines) < A_PAPER:
                return None
            judged = replace(judged, verdict="page.blurred")      # rulings along a motion stay sharp, letters do not
        return self._made(upright, pages.as_points(quad, turns), judged, lines, wanted, start)

    def read_flat(self, page: Image, wanted: DocType | None = None) -> Page:
        """A BGR picture that is one paper and nothing else, already decoded, turned upright, typed and read: to measure reading alone."""
        with self._busy:
            start = time.perf_counter()
            turns, upright, lines = self._lines(page)
            judged = quality.judge(page, touches_edge=False, natural_long_side=float(max(page.shape[:2])))
            return codes.with_codes(page, self._made(upright, pages.as_points(_frame(page), turns), judged, lines, wanted, start))

    def _whole(self, image: Image, wanted: DocType | None) -> Page | None:
        """A flat scan: the picture is the page, when it is full of text. What lies askew in it is a paper whose sides cannot be seen."""
        if pages.marks(image) < A_SENTENCE:     # hills and sky: no model is loaded to see that
            return None
        start = time.perf_counter()
        height, width = image.shape[:2]
        frame = _frame(image)
        flat = pages.dewarp(image, frame)
        turns, upright, lines = self._lines(flat)
        if _readable(lines) < A_SENTENCE:
            return None
        judged = quality.judge(flat, touches_edge=not _fills(lines, *upright.shape[:2]), natural_long_side=float(max(height, width)))
        return self._made(upright, pages.as_points(frame, turns), judged, lines, wanted, start)

    def _lines(self, flat: Image) -> tuple[int, Image, tuple[Line, ...]]:
        """The page upright and its text; () without an engine."""
        try:
            turns = self._turns(flat)
            upright = turned(flat, turns)
            lines = self._engine.lines(without_seals(upright))
            self._note_choice()
            if lines and sum(line.score for line in lines) / len(lines) < 0.75:     # upside down reads as nonsense
                other = turned(upright, 2)
                again = self._engine.lines(without_seals(other))
                if _weight(again) > _weight(lines):
                    return (turns + 2) % 4, other, again
        except NoEngine as e:
            self.fault, self.missing = e.code, str(e)
            return 0, flat, ()
        return turns, upright, lines

    def _turns(self, flat: Image) -> int:
        """Quarter turns that bring the page upright; without the network, those after which most can be read. Raises NoEngine."""
        try:
            return self._upright.quarter_turns(flat)
        except NoEngine:
            small = pages.dewarp(flat, _frame(flat), shortest=1, longest=1400)
            return max(range(4), key=lambda turns: _weight(self._engine.lines(turned(small, turns))))

    def _note_choice(self) -> None:
        if isinstance(self._engine, FirstThatLoads) and self._engine.second_choice:
            self.fault = "recognition.second_engine"

    def _made(self, upright: Image, quad: tuple[Point, Point, Point, Point], judged: Quality, lines: tuple[Line, ...],
              wanted: DocType | None, start: float) -> Page:
        height, width = upright.shape[:2]
        paper = papers.recognise_type(lines, width / height, wanted)
        if paper is not None:
            lines = self._reread(upright, lines, papers.doubtful(paper, lines, width, height))
        elif lines and papers.could_be_ours(lines):
            lines = self._reread(upright, lines, lines)
            paper = papers.recognise_type(lines, width / height, wanted)
        fields = papers.read_fields(paper, lines, width, height) if paper else {}
        if judged.verdict is None and judged.sharpness < HARDLY_SHARP and lines and _legible(lines) < LEGIBLE:
            judged = replace(judged, verdict="page.blurred")
        if judged.verdict is None and paper is not None and paper.filled and len(fields) < len(paper.field) and quality.is_burnt(upright):
            judged = replace(judged, verdict="page.glare")      # on a paper as bright as the spot, what is missing tells of it
        if judged.verdict == "page.blurred":
            fields = {key: replace(one, confidence=min(one.confidence, BLURRED_AT_MOST)) for key, one in fields.items()}
        doc_type: DocType = paper.doc_type if paper else "other"
        return Page(upright, quad, doc_type, fields, judged, round((time.perf_counter() - start) * 1000, 1),
                    "\n".join(line.text for line in lines), text_lines(lines, width, height))

    def _reread(self, upright: Image, lines: tuple[Line, ...], wanted: tuple[Line, ...]) -> tuple[Line, ...]:
        """The lines with those wanted read again."""
        again = dict(zip(map(id, wanted), self._engine.reread(without_seals(upright), wanted), strict=True))
        return tuple(again.get(id(line), line) for line in lines)


def _while_waited_for(quads: Iterable[Corners], cancelled: Callable[[], bool]) -> Iterator[Corners]:
    """The quads one by one, and the end, unless nobody waits any more."""
    for quad in (*quads, None):
        if cancelled():
            raise DeviceFault(FaultCode.CANCELLED)
        if quad is not None:
            yield quad


def _frame(image: Image) -> Corners:
    """The whole picture as a quad."""
    height, width = image.shape[:2]
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)


def _readable(lines: tuple[Line, ...]) -> int:
    """How many characters were read well."""
    return sum(len(line.glyphs) for line in lines if line.score > 0.8)


def _fills(lines: tuple[Line, ...], height: int, width: int) -> bool:
    """Whether the lines run level and over most of a picture, as on a scanned page."""
    along = np.array([(line.corners[1][0] - line.corners[0][0], line.corners[1][1] - line.corners[0][1]) for line in lines if line.corners])
    slopes = [abs(down / across) for across, down in along if across > 0.05 * width]
    across = max(line.right for line in lines) - min(line.left for line in lines)
    down = max(line.bottom for line in lines) - min(line.top for line in lines)
    return across > 0.5 * width and down > 0.5 * height and (not slopes or float(np.median(slopes)) < LEVEL)


def _legible(lines: tuple[Line, ...]) -> float:
    """How sure the readers are of a character on average."""
    return _weight(lines) / max(1, sum(len(line.glyphs) for line in lines))


def _weight(lines: tuple[Line, ...]) -> float:
    """How much was read how surely."""
    return sum(line.score * len(line.glyphs) for line in lines)


def _scaled(quad: tuple[Point, Point, Point, Point], scale: float) -> tuple[Point, Point, Point, Point]:
    a, b, c, d = ((x * scale, y * scale) for x, y in quad)
    return a, b, c, d


def _scaled_codes(found: tuple[Code, ...], scale: float) -> tuple[Code, ...]:
    return tuple(replace(code, quad=_scaled(code.quad, scale)) for code in found)
