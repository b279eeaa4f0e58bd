"""The shared A4 page: margins, head with bar code, foot with page numbers, watermark, signature and seal places.

A Paper records what to draw page by page and writes it once the number of pages is known. Lengths are points; x grows
to the right and y DOWN from the upper left corner of the sheet. Says nothing of any one document.
"""

import io
import itertools
import logging
from collections.abc import Callable, Sequence

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from desktop.papers import fonts, lines

INK = (0.0, 0.0, 0.0)
GREY = (0.40, 0.40, 0.40)
SEAL_RED = (0.78, 0.09, 0.11)
HAIR, THIN, THICK = 0.4, 0.6, 1.2
BODY = 12.0
TABLE = 10.5
NOTE = 9.0
CENTRE = 0.37
"""How far below the middle of a line its baseline lies, in font sizes."""

_log = logging.getLogger(__name__)

Mark = Callable[[Canvas], None]
Colour = tuple[float, float, float]


class Paper:
    """A4 sheets in the making."""

    def __init__(self, *, title: str, hall: str, number: str = "", number_label: str = "办件编号", demo: bool = False,
                 landscape: bool = False, proposed: str = "") -> None:
        """`proposed`: why the paper is one that no document prints; every page's head then says 样式."""
        self.width, self.height = (A4[1], A4[0]) if landscape else A4
        self.left = 25 * mm
        self.right = self.width - 18 * mm
        self.top = 35 * mm if number else 22 * mm
        self.bottom = self.height - 20 * mm
        self.y = self.top
        """Where the next thing goes."""
        self._proposed = proposed
        self._title, self._hall, self._number, self._number_label, self._demo = title, hall, number, number_label, demo
        self._pages: list[list[Mark]] = [[]]
        self._missing: dict[str, None] = {}

    @property
    def wide(self) -> float:
        """Width between the margins."""
        return self.right - self.left

    @property
    def room(self) -> float:
        """Height left on this page."""
        return self.bottom - self.y

    def new_page(self) -> None:
        """Go on at the top of a new sheet."""
        self._pages.append([])
        self.y = self.top

    def ensure(self, height: float) -> None:
        """Turn the page unless `height` is left on this one."""
        if self.room < height:
            self.new_page()

    def text(self, x: float, y: float, value: str, size: float, *, heavy: bool = False, align: str = "left",
             colour: Colour = INK, fill: float = 0.0) -> None:
        """One line with its baseline at `y`; `x` is its left end, middle or right end by `align`.

        A line a little shorter than `fill` points is spread to that width, as running text is.
        """
        self._note_missing(value)
        wide = fonts.width(value, size, heavy=heavy)
        start = x - {"left": 0.0, "center": wide / 2, "right": wide}[align]
        slack = fill - wide
        spread = slack / (len(value) - 1) if len(value) > 1 and 0 < slack < 3 * size else 0.0

        def mark(canvas: Canvas) -> None:
            canvas.setFillColorRGB(*colour)
            canvas.setStrokeColorRGB(*colour)
            fonts.draw(canvas, start, self.height - y, value, size, heavy=heavy, spread=spread)

        self._pages[-1].append(mark)

    def rule(self, x1: float, y1: float, x2: float, y2: float, *, weight: float = THIN, colour: Colour = INK,
             dash: tuple[float, float] | None = None) -> None:
        """A straight line."""
        def mark(canvas: Canvas) -> None:
            canvas.saveState()
            canvas.setStrokeColorRGB(*colour)
            canvas.setLineWidth(weight)
            if dash:
                canvas.setDash(*dash)
            canvas.line(x1, self.height - y1, x2, self.height - y2)
            canvas.restoreState()

        self._pages[-1].append(mark)

    def frame(self, x: float, y: float, wide: float, high: float, *, weight: float = THIN,
              fill: float | None = None) -> None:
        """A box whose upper left corner is at x, y; `fill` is a grey (1 = white)."""
        def mark(canvas: Canvas) -> None:
            canvas.setStrokeColorRGB(*INK)
            canvas.setLineWidth(weight)
            if fill is not None:
                canvas.setFillGray(fill)
            canvas.rect(x, self.height - y - high, wide, high, stroke=1, fill=fill is not None)

        self._pages[-1].append(mark)

    def cell(self, x: float, y: float, wide: float, high: float, texts: Sequence[str], size: float, *,
             leading: float = 1.3, heavy: bool = False, align: str = "left", pad: float = 1.6 * mm,
             fill: float | None = None, weight: float = THIN) -> None:
        """A framed cell (`weight` 0 = no frame) with lines that already fit its width, centred in its height."""
        if weight:
            self.frame(x, y, wide, high, weight=weight, fill=fill)
        step = size * leading
        middle = y + high / 2 - step * (len(texts) - 1) / 2
        at = {"left": x + pad, "center": x + wide / 2, "right": x + wide - pad}[align]
        for row, value in enumerate(texts):
            if value:
                self.text(at, middle + row * step + size * CENTRE, value, size, heavy=heavy, align=align)

    def picture(self, png: bytes, x: float, y: float, wide: float, high: float) -> None:
        """A picture as large as the box allows, its shape kept, left and centred in height."""
        reader = ImageReader(io.BytesIO(png))
        across, down = reader.getSize()
        scale = min(wide / across, high / down)

        def mark(canvas: Canvas) -> None:
            canvas.drawImage(reader, x, self.height - y - high / 2 - down * scale / 2, across * scale, down * scale,
                             mask="auto")

        self._pages[-1].append(mark)

    def qr(self, value: str, x: float, y: float, side: float) -> None:
        """A QR code (level M) as a square of this side, its quiet zone included."""
        code = QrCodeWidget(value, barLevel="M", barBorder=4)
        left, bottom, right, top = code.getBounds()
        drawing = Drawing(side, side, transform=[side / (right - left), 0, 0, side / (top - bottom), 0, 0])
        drawing.add(code)
        self._pages[-1].append(lambda canvas: renderPDF.draw(drawing, canvas, x, self.height - y - side))

    def heading(self, value: str, *, size: float = 20.0, after: float = 4 * mm) -> None:
        """The document's title, centred, shrunk until one line holds it."""
        while size > 12 and fonts.width(value, size, heavy=True) > self.wide:
            size -= 0.5
        for line in lines.wrap(value, size, self.wide, heavy=True):
            self.y += size * 1.2
            self.text(self.left + self.wide / 2, self.y, line, size, heavy=True, align="center")
        self.y += after

    def paragraph(self, value: str, *, size: float = BODY, indent: bool = True, heavy: bool = False,
                  leading: float = 1.65, colour: Colour = INK) -> None:
        """Running text; its first line starts two characters in. Turns the page where it must."""
        shift = "\u3000\u3000" if indent else ""  # measured with the first line, then drawn as a shift
        broken = lines.wrap(shift + value, size, self.wide, heavy=heavy)
        for number, line in enumerate(broken):
            start = fonts.width(shift, size) if number == 0 else 0.0
            self.ensure(size * leading)
            self.y += size * leading
            self.text(self.left + start, self.y - size * (leading - 1) / 2 - size * 0.12, line, size, heavy=heavy,
                      colour=colour, fill=self.wide - start if number < len(broken) - 1 else 0.0)

    def facts(self, rows: Sequence[tuple[str, str]], *, label_width: float = 32 * mm, size: float = TABLE) -> None:
        """A table of labels and values; a value takes the lines it needs and may go on over the page."""
        pad = 2 * mm
        for name, value in rows:
            names = lines.label(name, size, label_width - 2 * pad)
            texts = lines.wrap(value, size, self.wide - label_width - 2 * pad)
            while texts:
                self.ensure(row_height(max(len(names), min(len(texts), 3)), size))
                fits = max(1, int((self.room - 2.6 * mm) / (size * 1.4)))
                part, texts = texts[:fits], texts[fits:]
                high = row_height(max(len(names), len(part)), size)
                self.cell(self.left, self.y, label_width, high, names, size, leading=1.4, pad=pad, align="center")
                self.cell(self.left + label_width, self.y, self.wide - label_width, high, part, size, leading=1.4,
                          pad=pad)
                self.y += high

    def table(self, heads: Sequence[str], widths: Sequence[float], rows: Sequence[Sequence[str]], *,
              aligns: Sequence[str], size: float = TABLE, last_heavy: bool = False) -> None:
        """A ruled table with its head repeated on every page; a row stays whole unless it is taller than a page."""
        pad = 1.5 * mm
        head = [lines.label(name, size, wide - 2 * pad) for name, wide in zip(heads, widths, strict=True)]

        def line(cells: Sequence[Sequence[str]], *, heavy: bool, fill: float | None = None,
                 sides: Sequence[str] = aligns) -> None:
            high = row_height(max(map(len, cells)), size)
            if fill is not None:
                self.frame(self.left, self.y, sum(widths), high, fill=fill)
            self._grid([self.left, *(self.left + right for right in itertools.accumulate(widths))], self.y, high)
            x = self.left
            for texts, wide, side in zip(cells, widths, sides, strict=True):
                self.cell(x, self.y, wide, high, texts, size, leading=1.4, pad=pad, heavy=heavy, align=side, weight=0)
                x += wide
            self.y += high

        def head_line() -> None:
            line(head, heavy=True, fill=0.94, sides=["center"] * len(heads))

        self.ensure(row_height(max(map(len, head)), size) * 2)
        head_line()
        for number, row in enumerate(rows):
            heavy = last_heavy and number == len(rows) - 1
            cells = [lines.wrap(value, size, wide - 2 * pad, heavy=heavy)
                     for value, wide in zip(row, widths, strict=True)]
            while any(cells):
                tallest = row_height(max(map(len, cells)), size)
                if self.room < tallest and self.y > self.top + 20 * mm:
                    self.new_page()
                    head_line()
                fits = max(1, int((self.room - 2.6 * mm) / (size * 1.4)))
                line([texts[:fits] for texts in cells], heavy=heavy)
                cells = [texts[fits:] for texts in cells]

    def signature(self, name: str, x: float, y: float, wide: float, png: bytes | None, *, high: float = 12 * mm,
                  size: float = TABLE) -> None:
        """`name：` with a line to sign on and the signature picture above it when there is one; `y` is the line."""
        caption = f"{name}："
        self.text(x, y - 1.2 * mm, caption, size)
        start = x + fonts.width(caption, size)
        self.rule(start, y, x + wide, y, weight=HAIR)
        if png is not None:
            self.picture(png, start + 2 * mm, y - high, wide - (start - x) - 3 * mm, high)

    def seal(self, unit: str, day: str, *, name: str) -> None:
        """The seal's place over unit and date at the lower right; a specimen of it in demo mode."""
        radius = 20 * mm
        self.ensure(2 * radius + 2 * mm)
        size = TABLE
        while fonts.width(unit, size) > 90 * mm and size > 7:
            size -= 0.5
        x = self.right - max(radius + 4 * mm, fonts.width(unit, size) / 2)
        y = self.y + radius
        self.text(x, y + 1.5 * mm, unit, size, align="center")
        self.text(x, y + 8.5 * mm, day, TABLE, align="center")
        mark = _specimen_seal if self._demo else _seal_place
        self._pages[-1].append(lambda canvas: mark(canvas, x, self.height - y, radius, name))
        self.y += 2 * radius + 2 * mm

    def write(self) -> bytes:
        """The PDF. The same marks give the same bytes."""
        if self._missing:
            _log.warning("no face draws %s", " ".join(map(fonts.code_point, self._missing)))
        stream = io.BytesIO()
        with fonts.WRITING:
            fonts.register()
            canvas = Canvas(stream, pagesize=(self.width, self.height), invariant=1, pageCompression=1, lang="zh-CN",
                            initialFontName=fonts.REGULAR)  # type: ignore[arg-type]  # the stubs say number
            canvas.setTitle(f"{self._title}（样式）" if self._proposed else self._title)
            canvas.setAuthor(self._hall)
            for number, marks in enumerate(self._pages, start=1):
                self._head(canvas)
                for mark in marks:
                    mark(canvas)
                self._foot(canvas, number)
                if self._demo:
                    self._watermark(canvas)
                canvas.showPage()
            canvas.save()
        return stream.getvalue()

    def _grid(self, across: Sequence[float], y: float, high: float) -> None:
        """One row of cells as a single path: a day of a thousand cases has thirteen thousand of them."""
        def mark(canvas: Canvas) -> None:
            canvas.setStrokeColorRGB(*INK)
            canvas.setLineWidth(THIN)
            canvas.grid(across, [self.height - y, self.height - y - high])

        self._pages[-1].append(mark)

    def _note_missing(self, value: str) -> None:
        self._missing.update(dict.fromkeys(fonts.missing(value)))

    def _head(self, canvas: Canvas) -> None:
        canvas.setFillColorRGB(*INK)
        if not self._number:
            return
        high = 9 * mm
        top = self.height - 11 * mm
        code = Code128(self._number, barHeight=high, barWidth=0.25 * mm, quiet=False, humanReadable=False)
        code.drawOn(canvas, self.right - code.width, top - high)
        below = f"{self._number_label}  {self._number}"
        fonts.draw(canvas, self.right - fonts.width(below, NOTE), top - high - 4 * mm, below, NOTE)
        hall = lines.wrap(self._hall, TABLE, self.wide - code.width - 10 * mm)
        for row, line in enumerate(hall):
            fonts.draw(canvas, self.left, top - 4 * mm - row * TABLE * 1.4, line, TABLE)

        if self._proposed:
            self._mark_proposed(canvas, top - 20 * mm)

    def _mark_proposed(self, canvas: Canvas, y: float) -> None:
        """样式 in a frame, and the reason beside it in one line."""
        mark, size = "样式", 11.0
        wide = fonts.width(mark, size, heavy=True) + 3 * mm
        canvas.setStrokeColorRGB(*INK)
        canvas.setLineWidth(THIN)
        canvas.rect(self.left, y - 1.6 * mm, wide, 6.2 * mm)
        fonts.draw(canvas, self.left + 1.5 * mm, y, mark, size, heavy=True)
        reason = lines.wrap(self._proposed, NOTE, self.wide - wide - 3 * mm)
        for row, line in enumerate(reason[:2]):
            fonts.draw(canvas, self.left + wide + 3 * mm, y + (1.6 * mm if len(reason) > 1 else 0.3 * mm) - row * NOTE * 1.3, line, NOTE)

    def _foot(self, canvas: Canvas, number: int) -> None:
        y = 10 * mm
        canvas.setFillColorRGB(*GREY)
        pages = f"第 {number} 页 共 {len(self._pages)} 页"
        fonts.draw(canvas, (self.left + self.right - fonts.width(pages, NOTE)) / 2, y, pages, NOTE)
        if self._demo:
            mark = "演示样张，不作凭证"
            fonts.draw(canvas, self.right - fonts.width(mark, NOTE), y, mark, NOTE)
        if self._missing:
            note = "方框为字库缺字：" + "、".join(map(fonts.code_point, self._missing))
            for row, line in enumerate(lines.wrap(note, 7, 55 * mm)[:3]):
                fonts.draw(canvas, self.left, y + 5 * mm - row * 8.5, line, 7)

    def _watermark(self, canvas: Canvas) -> None:
        text, size = "演示样张", 92.0
        canvas.saveState()
        canvas.setFillColorRGB(*SEAL_RED)
        canvas.setFillAlpha(0.07)
        canvas.translate(self.width / 2, self.height / 2)
        canvas.rotate(35)
        fonts.draw(canvas, -fonts.width(text, size, heavy=True) / 2, -size * CENTRE, text, size, heavy=True)
        canvas.restoreState()


def _specimen_seal(canvas: Canvas, x: float, y: float, radius: float, name: str) -> None:
    """A red ring that says of itself that it is none."""
    canvas.saveState()
    canvas.setStrokeColorRGB(*SEAL_RED)
    canvas.setFillColorRGB(*SEAL_RED)
    canvas.setFillAlpha(0.85)
    canvas.setStrokeAlpha(0.85)
    canvas.setLineWidth(1.1 * mm)
    canvas.circle(x, y, radius - 0.6 * mm)
    for value, size, up, heavy in (("样章", 24.0, 6.5 * mm, True), (name, 10.0, -14.8 * mm, False)):
        fonts.draw(canvas, x - fonts.width(value, size, heavy=heavy) / 2, y + up, value, size, heavy=heavy)
    canvas.restoreState()


def _seal_place(canvas: Canvas, x: float, y: float, radius: float, name: str) -> None:
    """A faint ring where the seal goes."""
    canvas.saveState()
    canvas.setStrokeGray(0.72)
    canvas.setFillGray(0.55)
    canvas.setLineWidth(HAIR)
    canvas.setDash(2, 2)
    canvas.circle(x, y, radius)
    fonts.draw(canvas, x - fonts.width(f"（{name}）", NOTE) / 2, y + 8 * mm, f"（{name}）", NOTE)
    canvas.restoreState()


def row_height(count: int, size: float, leading: float = 1.4) -> float:
    """Height of a table row with `count` lines."""
    return count * size * leading + 2.6 * mm
