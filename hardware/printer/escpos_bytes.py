"""ESC/POS for 80 mm paper: a Slip to bytes, status bytes to PrinterStatus. Pure; no port, no waiting.

48 columns of 12 dots; a Chinese character takes two. Text goes out as GB18030 between FS & and FS . in whole lines; a
line with a character outside the printers' Chinese font (GBK) goes out as dots (raster.py).
"""

import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import Literal

from hardware.faults import DeviceFault, FaultCode
from hardware.printer import raster
from hardware.printer.slip import Align, Cut, Feed, Pair, Qr, Rule, Slip, Text
from hardware.readings import PrinterStatus

COLUMNS = 48
WIDEST_LABEL = 20
"""A longer label stands on a line of its own."""
LONGEST_QR = 2331
"""Bytes a QR code of version 40 holds at error level M."""

INIT = b"\x1b@"
CUT = b"\x1dVB\x00"
"""GS V 66 0: feed to the knife, then cut."""
TO_KNIFE = 120
"""Dots from the head to the knife."""
FLUSH = bytes(4096)
"""More zeros than a picture or code cut off in the middle can still be waiting for; a printer at rest passes them over."""
REPORT_IN_TURN = b"\x1dr\x01"
"""GS r 1: the paper sensors, answered only when all that was sent before has been worked off."""

_ALIGN = {"left": b"\x1ba\x00", "center": b"\x1ba\x01", "right": b"\x1ba\x02"}
_SIZE = {1: b"\x1d!\x00", 2: b"\x1d!\x11"}
_BOLD = {False: b"\x1bE\x00", True: b"\x1bE\x01"}

# Closing marks do not begin a line, opening ones do not end it.
_NO_START = frozenset("，。、；：！？）》」』】〉”’…—,.;:!?)]}%‰℃")
_NO_END = frozenset("（《「『【〈“‘([{￥$")


def slip_bytes(slip: Slip) -> bytes:
    """All of `slip`, from the printer's reset to the last cut; ValueError when a QR code holds too much."""
    out = bytearray(INIT)
    for kind, group in groupby(slip, type):
        if kind is Pair:
            pairs = [part for part in group if isinstance(part, Pair)]
            out += b"".join(_line(text) for text in pair_lines(pairs))
        else:
            for part in group:
                out += _part(part)
    return bytes(out)


def dots_of(slip: Slip) -> int:
    """About how long the paper will be, in dots (8 to the millimetre), rather too long: lines, codes, feeds, the way to the knife."""
    dots = 0
    for kind, group in groupby(slip, type):
        if kind is Pair:
            dots += raster.LINE * len(pair_lines([part for part in group if isinstance(part, Pair)]))
            continue
        for part in group:
            match part:
                case Text(text, _, size, _):
                    dots += max(raster.LINE, raster.HEIGHT * size) * len(wrap(text, COLUMNS // size))
                case Qr(data, module):
                    # No code of level M is wider than this many modules, from version 1 to 40; and four of white on both sides.
                    dots += round((16 * len(data.encode())) ** 0.5 + 20) * max(1, min(module, 16))
                case Feed(lines):
                    dots += raster.LINE * max(0, min(lines, 255))
                case Cut():
                    dots += TO_KNIFE
                case _:
                    dots += raster.LINE
    return dots


def _part(part: Text | Pair | Rule | Qr | Feed | Cut) -> bytes:
    match part:
        case Text(text, align, size, bold):
            lines = wrap(text, COLUMNS // size)
            return b"".join(_line(line, align, size, bold) for line in lines)
        case Rule():
            return _line("-" * COLUMNS)
        case Qr(data, module):
            return qr_bytes(data, module)
        case Feed(lines):
            return b"\x1bd" + bytes([max(0, min(lines, 255))])
        case Cut():
            return CUT
        case Pair():
            raise AssertionError("pairs are laid out together")


def _line(text: str, align: Align = "left", size: Literal[1, 2] = 1, bold: bool = False) -> bytes:
    if in_font(text):
        body = b"\x1c&" + text.encode("gb18030") + b"\x1c.\n" if text else b"\n"
        return _ALIGN[align] + _SIZE[size] + _BOLD[bold] + body
    free = COLUMNS - width(text) * size
    indent = {"left": 0, "center": free // 2, "right": free}[align]
    return _ALIGN["left"] + raster.line_bytes(text, COLUMNS, indent, size, bold)


def in_font(text: str) -> bool:
    """True when every character is in the Chinese font that printers carry (GBK)."""
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def width(text: str) -> int:
    """Columns that `text` takes at size 1: ASCII one, all else two (the Chinese font has but one width)."""
    return sum(1 if character.isascii() else 2 for character in text)


def wrap(text: str, columns: int) -> list[str]:
    """`text` in lines of at most `columns`; words and numbers stay whole where they fit, marks stand where they may.

    Control characters, which would be commands to the printer, become spaces; a line break stays one.
    """
    lines = []
    for paragraph in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        line = ""
        for word in _words("".join(" " if unicodedata.category(c) == "Cc" else c for c in paragraph)):
            if width(line) + width(word) <= columns:
                line += word
                continue
            if width(word) <= columns:
                lines.append(line.rstrip(" "))
                line = word.lstrip(" ")
                continue
            for character in word:        # longer than a line: broken where the line ends
                if width(line) + width(character) > columns:
                    lines.append(line)
                    line = ""
                line += character
        lines.append(line.rstrip(" "))
    return lines


def _words(text: str) -> Iterator[str]:
    """`text` cut where a line may end: ASCII words whole, Chinese by the character, marks with their neighbour."""
    word = ""
    for character in text:
        together = (
            not word
            or character in _NO_START
            or word[-1] in _NO_END
            or (character.isascii() and word[-1].isascii() and character != " " and word[-1] != " ")
            or (unicodedata.combining(character) != 0)
        )
        if together:
            word += character
        else:
            yield word
            word = character
    if word:
        yield word


def pair_lines(pairs: list[Pair]) -> list[str]:
    """Neighbouring pairs as lines, all their values beginning in the same column."""
    labels = [" ".join(wrap(pair.label, COLUMNS)) for pair in pairs]
    column = max((width(label) for label in labels if width(label) <= WIDEST_LABEL), default=0) + 2
    lines: list[str] = []
    for label, pair in zip(labels, pairs, strict=True):
        values = wrap(pair.value, COLUMNS - column)
        if width(label) <= WIDEST_LABEL:
            lines.append((label + " " * (column - width(label)) + values.pop(0)).rstrip(" "))
        else:
            lines.extend(wrap(label, COLUMNS))
        lines.extend(" " * column + value for value in values)
    return lines


def qr_bytes(data: str, module: int) -> bytes:
    """A native QR code (model 2, error level M), centred, with the white above and below that scanners need."""
    content = data.encode()
    if not 0 < len(content) <= LONGEST_QR:
        raise ValueError(f"a QR code of {len(content)} bytes")
    dots = max(1, min(module, 16))
    white = b"\x1bJ" + bytes([4 * dots])      # four modules
    return (
        white + _ALIGN["center"]
        + _code2d(b"A2\x00") + _code2d(b"C" + bytes([dots])) + _code2d(b"E1")
        + _code2d(b"P0" + content) + _code2d(b"Q0")
        + _ALIGN["left"] + white
    )  # fmt: skip


def _code2d(function: bytes) -> bytes:
    """GS ( k for QR codes (cn = 49)."""
    return b"\x1d(k" + (len(function) + 1).to_bytes(2, "little") + b"1" + function


def status_query(kind: int) -> bytes:
    """DLE EOT 1-4: printer, why offline, errors, paper."""
    return bytes([0x10, 0x04, kind])


def is_status(byte: int) -> bool:
    """True when `byte` can be an answer to DLE EOT: bits 1 and 4 set, 0 and 7 clear."""
    return byte & 0x93 == 0x12


def parse_status(answers: bytes) -> PrinterStatus:
    """What the four answers to DLE EOT 1-4 mean together."""
    if len(answers) != 4 or not all(map(is_status, answers)):
        raise DeviceFault(FaultCode.BAD_ANSWER, f"status {answers.hex()}")
    printer, offline, error, paper = answers
    return PrinterStatus(
        online=not printer & 0x08,
        cover_open=bool(offline & 0x04),
        paper_out=bool(offline & 0x20 or paper & 0x60),
        paper_near_end=bool(paper & 0x0C),
        error=bool(offline & 0x40 or error & 0x6C),
        cutter=bool(error & 0x08),
    )


def fault_of(status: PrinterStatus) -> DeviceFault | None:
    """What keeps a printer in this state from printing; None when nothing does (paper near its end does not)."""
    if status.cover_open:
        return DeviceFault(FaultCode.COVER_OPEN)
    if status.paper_out:
        return DeviceFault(FaultCode.PAPER_OUT)
    if status.cutter:
        return DeviceFault(FaultCode.CUTTER)
    if status.error:
        return DeviceFault(FaultCode.PRINTER_ERROR)
    if not status.online:
        return DeviceFault(FaultCode.PRINTER_OFFLINE)
    return None
