"""An 80 mm ESC/POS printer on TCP that draws what it is sent: one PNG for every slip it cuts, and the raw bytes.

It shares no code with the driver. Like a real one it takes bytes while it cannot print, works them off after the
refill, answers DLE EOT at once even in the middle of data, answers GS r in its turn, and has Chinese letters for GBK
only.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Literal

import qrcode  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont

Fault = Literal["paper_out", "paper_near_end", "cover_open", "offline", "cutter", "error", "mute"]

DOTS = 576
MARGIN = 32
"""Dots of white left and right on the picture, for the look of 80 mm paper around 72 mm of print."""
FEED_TO_KNIFE = 60
FULL = 65_536
"""Bytes the printer takes while it cannot print."""


@dataclass(frozen=True)
class PrintedSlip:
    """One piece of paper, from cut to cut."""

    number: int
    data: bytes = field(repr=False)
    """All bytes since the last cut."""
    text: str = field(repr=False)
    """The letters on it, line by line; what was drawn as a picture is not here."""
    qr: tuple[str, ...]
    png: bytes = field(repr=False)


@dataclass
class _Style:
    align: int = 0
    wide: int = 1
    high: int = 1
    bold: bool = False
    underline: bool = False
    chinese: bool = False
    spacing: int = 30


class Paper:
    """Works off ESC/POS commands and draws. No socket; `feed` as bytes come, `work` as far as they go."""

    def __init__(self, answer: Callable[[bytes], None], cut: Callable[[PrintedSlip], None]) -> None:
        self._answer, self._cut = answer, cut
        self.buffer = bytearray()
        self._raw = bytearray()
        self._style = _Style()
        self._line: list[tuple[str, int, _Style]] = []
        self._strips: list[Image.Image] = []
        self._text: list[str] = []
        self._qr: list[str] = []
        self._stored = b""
        self._module, self._level = 3, 48
        self._count = 0
        self._cut_now = False
        self.unknown: list[bytes] = []
        """Commands it did not understand; a driver's test wants none."""
        self.lines_left: int | None = None
        """Lines until the paper is at its end; None = plenty."""

    def work(self) -> None:
        """Work off all whole commands in the buffer, until the paper ends."""
        while self.work_once():
            pass

    def work_once(self) -> bool:
        """Work off one command; False when there is none that is whole, or no paper."""
        if not self.buffer or self.lines_left == 0:
            return False
        used = self._step()
        if used == 0:
            return False
        self._raw += self.buffer[:used]
        del self.buffer[:used]
        if self._cut_now:
            self._finish()
        return True

    def _step(self) -> int:
        """Obey the first command; how many bytes it had, 0 when some are missing."""
        b = self.buffer
        if b[0] in {0x1B, 0x1C, 0x1D, 0x10}:
            return self._command() if len(b) >= 2 else 0
        if b[0] == 0x0A:
            self._print_line()
            return 1
        if b[0] < 0x20:
            return 1
        return self._character()

    def _character(self) -> int:
        b = self.buffer
        if b[0] < 0x80:
            self._put(chr(b[0]), 12)
            return 1
        if not self._style.chinese:
            self._put(bytes(b[:1]).decode("cp437"), 12)
            return 1
        if len(b) < 2:
            return 0
        if 0x30 <= b[1] <= 0x39:
            if len(b) < 4:
                return 0
            self._put("\u25a1", 24)      # four-byte GB18030: not in the font
            return 4
        try:
            self._put(bytes(b[:2]).decode("gbk"), 24)
        except UnicodeDecodeError:
            self._put("\u25a1", 24)
        return 2

    def _put(self, character: str, cell: int) -> None:
        if sum(width for _, width, _ in self._line) + cell * self._style.wide > DOTS:
            self._print_line()
        style = self._style
        self._line.append((character, cell * style.wide, _Style(**vars(style))))

    def _command(self) -> int:
        b, style = self.buffer, self._style
        head = bytes(b[:2])
        length = _LENGTHS.get(head)
        if length is not None:
            if len(b) < length:
                return 0
            n = b[2] if length > 2 else 0
            match head:
                case b"\x1b@":
                    self._style, self._line = _Style(), []
                case b"\x1ba":
                    style.align = n % 48
                case b"\x1bE":
                    style.bold = bool(n & 1)
                case b"\x1b-":
                    style.underline = n % 48 > 0
                case b"\x1bd":
                    self._print_line(feed_empty=False)
                    self._feed(n * style.spacing)
                case b"\x1bJ":
                    self._print_line(feed_empty=False)
                    self._feed(n)
                case b"\x1b2":
                    style.spacing = 30
                case b"\x1b3":
                    style.spacing = n
                case b"\x1c&":
                    style.chinese = True
                case b"\x1c.":
                    style.chinese = False
                case b"\x1d!":
                    style.wide, style.high = (n >> 4 & 7) + 1, (n & 7) + 1
                case b"\x1dr":
                    self._answer(b"\x00")
                case _:
                    pass
            return length
        if head == b"\x1dV":
            return self._knife()
        if head == b"\x1dv":
            return self._picture()
        if head == b"\x1d(":
            return self._code2d()
        self.unknown.append(head)
        return 2

    def _knife(self) -> int:
        if len(self.buffer) < 3:
            return 0
        with_feed = self.buffer[2] in {65, 66}
        if with_feed and len(self.buffer) < 4:
            return 0
        self._print_line(feed_empty=False)
        if with_feed:
            self._feed(FEED_TO_KNIFE + self.buffer[3])
        self._cut_now = True
        return 4 if with_feed else 3

    def _picture(self) -> int:
        b = self.buffer
        if len(b) < 8:
            return 0
        across, down = int.from_bytes(b[4:6], "little"), int.from_bytes(b[6:8], "little")
        size = 8 + across * down
        if len(b) < size:
            return 0
        drawn = Image.frombytes("1", (across * 8, down), bytes(b[8:size]))
        self._add(drawn.convert("L").point(lambda level: 0 if level else 255))
        return size

    def _code2d(self) -> int:
        b = self.buffer
        if len(b) < 5:
            return 0
        size = 5 + int.from_bytes(b[3:5], "little")
        if len(b) < size:
            return 0
        function, data = bytes(b[5:7]), bytes(b[7:size])
        match function:
            case b"1A":
                pass
            case b"1C":
                self._module = data[0]
            case b"1E":
                self._level = data[0]
            case b"1P":
                self._stored = data[1:]
            case b"1Q":
                self._draw_qr()
            case _:
                self.unknown.append(bytes(b[:3]) + function)
        return size

    def _draw_qr(self) -> None:
        levels = [qrcode.ERROR_CORRECT_L, qrcode.ERROR_CORRECT_M, qrcode.ERROR_CORRECT_Q, qrcode.ERROR_CORRECT_H]
        code = qrcode.QRCode(error_correction=levels[self._level - 48], box_size=self._module, border=0)
        code.add_data(self._stored)
        code.make(fit=True)
        size = code.modules_count * self._module
        picture = Image.new("L", (size, size), 255)
        draw = ImageDraw.Draw(picture)
        for y, row in enumerate(code.get_matrix()):
            for x, dark in enumerate(row):
                if dark:
                    corner = (x * self._module, y * self._module)
                    draw.rectangle((corner, (corner[0] + self._module - 1, corner[1] + self._module - 1)), fill=0)
        self._add(picture)
        self._qr.append(self._stored.decode("utf-8", "replace"))

    def _print_line(self, feed_empty: bool = True) -> None:
        if not self._line and not feed_empty:
            return
        line, self._line = self._line, []
        high = max((24 * style.high for _, _, style in line), default=0)
        strip = Image.new("L", (max(1, sum(width for _, width, _ in line)), max(high, self._style.spacing)), 255)
        x = 0
        for character, width, style in line:
            glyph = _glyph(character, width, 24 * style.high, style.bold)
            strip.paste(glyph, (x, high - glyph.height))
            if style.underline:
                ImageDraw.Draw(strip).line((x, high - 1, x + width, high - 1), fill=0)
            x += width
        self._text.append("".join(character for character, _, _ in line))
        self._add(strip)
        if self.lines_left:
            self.lines_left -= 1

    def _add(self, picture: Image.Image) -> None:
        """Put a picture on the paper under what is there, aligned, cut off at the paper's edge."""
        strip = Image.new("L", (DOTS, picture.height), 255)
        free = max(0, DOTS - picture.width)
        strip.paste(picture, ((0, free // 2, free)[self._style.align], 0))
        self._strips.append(strip)

    def _feed(self, dots: int) -> None:
        if dots > 0:
            self._strips.append(Image.new("L", (DOTS, dots), 255))

    def _finish(self) -> None:
        self._cut_now = False
        height = sum(strip.height for strip in self._strips)
        paper = Image.new("L", (DOTS + 2 * MARGIN, height + MARGIN), 255)
        y = MARGIN
        for strip in self._strips:
            paper.paste(strip, (MARGIN, y))
            y += strip.height
        png = BytesIO()
        paper.save(png, "PNG")
        self._count += 1
        text = "\n".join(self._text)
        self._cut(PrintedSlip(self._count, bytes(self._raw), text, tuple(self._qr), png.getvalue()))
        self._strips, self._text, self._qr = [], [], []
        self._raw.clear()


_LENGTHS = {
    b"\x1b@": 2, b"\x1ba": 3, b"\x1bE": 3, b"\x1b-": 3, b"\x1bd": 3, b"\x1bJ": 3, b"\x1b2": 2, b"\x1b3": 3, b"\x1bM": 3,
    b"\x1bt": 3, b"\x1bR": 3, b"\x1bp": 5, b"\x1bB": 4, b"\x1c&": 2, b"\x1c.": 2, b"\x1d!": 3, b"\x1dr": 3, b"\x1dB": 3,
    b"\x1dL": 4, b"\x1dW": 4, b"\x1da": 3, b"\x10\x04": 3, b"\x10\x05": 3,
}  # fmt: skip
"""Commands of fixed length, with their whole length. Those not drawn (drawer, buzzer, margins) are passed over."""


@lru_cache(maxsize=2048)
def _glyph(character: str, width: int, height: int, bold: bool) -> Image.Image:
    face = "NotoSansSC-SemiBold.ttf" if bold else "NotoSansSC-Regular.ttf"
    # The cell is drawn at its own height and then widened, as a printer's letters are when only one side is doubled.
    natural = height if not character.isascii() else height // 2
    picture = Image.new("L", (natural, height), 255)
    draw = ImageDraw.Draw(picture)
    letters = _letters(face, height * 22 // 24)
    draw.text((natural // 2, height * 20 // 24), character, fill=0, font=letters, anchor="ms")
    if width != natural:
        picture = picture.resize((width, height))
    return picture.point(lambda level: 255 if level > 127 else 0)


@lru_cache(maxsize=8)
def _letters(face: str, size: int) -> ImageFont.FreeTypeFont:
    """Opened once: the complete font is ten megabytes."""
    return ImageFont.truetype(str(files("resources") / "fonts" / face), size)


class SimulatedPrinter:
    """The printer on 127.0.0.1; `port` is where it listens. Every slip is kept, and saved to `folder` if given."""

    def __init__(self, folder: Path | None = None, port: int = 0) -> None:
        """`port`: where it shall listen, when it comes back after it was switched off; 0 = anywhere."""
        self._folder = folder
        self._hangs_up_after: int | None = None
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._faults: set[Fault] = set()
        self._slips: list[PrintedSlip] = []
        self._clients: set[socket.socket] = set()
        self._talking: socket.socket | None = None
        self._paper = Paper(self._send, self._keep)
        self._closed = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self._to_do = threading.Event()
        threading.Thread(target=self._accept, name="simulated printer", daemon=True).start()
        threading.Thread(target=self._print, name="simulated printer head", daemon=True).start()

    def slips(self) -> tuple[PrintedSlip, ...]:
        """All that was cut so far."""
        with self._lock:
            return tuple(self._slips)

    @property
    def unknown(self) -> tuple[bytes, ...]:
        """Commands it was sent and did not understand."""
        with self._lock:
            return tuple(self._paper.unknown)

    def fault(self, fault: Fault, on: bool = True) -> None:
        """Let something go wrong, or mend it; mended, it works off what it was sent meanwhile."""
        with self._lock:
            (self._faults.add if on else self._faults.discard)(fault)
            if fault == "paper_out" and not on:
                self._paper.lines_left = None
            self._work()

    def runs_out_after(self, lines: int) -> None:
        """The paper ends so many lines from now."""
        with self._lock:
            self._paper.lines_left = lines

    def hangs_up_after(self, size: int) -> None:
        """The line breaks when so many bytes more have come; it can be dialled again at once."""
        with self._lock:
            self._hangs_up_after = size

    def close(self) -> None:
        """Stop listening and hang up; safe to call twice."""
        self._closed.set()
        self._to_do.set()
        self._listener.close()
        self.hang_up()

    def hang_up(self) -> None:
        """Drop every connection, as printers do that nobody has spoken to for a while."""
        with self._lock:
            clients = list(self._clients)
        for client in clients:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            client.close()

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._clients.add(client)
            threading.Thread(target=self._serve, args=(client,), name="simulated printer line", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        seen = b""
        try:
            with client:
                while not self._closed.is_set():
                    data = client.recv(4096)
                    if not data:
                        return
                    with self._lock:
                        if self._hangs_up_after is not None:
                            data, self._hangs_up_after = data[: self._hangs_up_after], self._hangs_up_after - len(data)
                        self._talking = client
                        seen = self._answer_real_time(seen + data)
                        if len(self._paper.buffer) < FULL:
                            self._paper.buffer += data
                        broken = self._hangs_up_after is not None and self._hangs_up_after <= 0
                        if broken:
                            self._hangs_up_after = None
                    self._to_do.set()
                    if broken:
                        return
        except OSError:
            return
        finally:
            with self._lock:
                self._clients.discard(client)

    def _print(self) -> None:
        """The head works beside the line: a real-time question is answered in the middle of a job."""
        while not self._closed.is_set():
            self._to_do.wait()
            self._to_do.clear()
            working = True
            while working and not self._closed.is_set():
                with self._lock:
                    working = not self._stopped and self._paper.work_once()
                time.sleep(0)       # let a question through

    @property
    def _stopped(self) -> bool:
        return bool(self._faults & {"paper_out", "cover_open", "offline", "cutter", "error"})

    def _work(self) -> None:
        if not self._stopped:
            self._paper.work()

    def _answer_real_time(self, data: bytes) -> bytes:
        """Answer every DLE EOT in `data`; the bytes at the end that may be the start of one are given back."""
        at = data.find(b"\x10\x04")
        while at >= 0 and at + 2 < len(data):
            if 1 <= data[at + 2] <= 4:
                self._send(bytes([self._status(data[at + 2])]))
            at = data.find(b"\x10\x04", at + 3)
        if at >= 0:
            return data[at:]
        return b"\x10" if data.endswith(b"\x10") else b""

    def _status(self, kind: int) -> int:
        out = "paper_out" in self._faults or self._paper.lines_left == 0
        cover, cutter = "cover_open" in self._faults, "cutter" in self._faults
        error = cutter or "error" in self._faults
        near = out or "paper_near_end" in self._faults
        stopped = out or cover or error or "offline" in self._faults
        return 0x12 | {
            1: 0x08 * stopped,
            2: 0x04 * cover | 0x20 * out | 0x40 * error,
            3: 0x08 * cutter | 0x20 * (error and not cutter),
            4: 0x0C * near | 0x60 * out,
        }[kind]

    def _send(self, data: bytes) -> None:
        if self._talking and "mute" not in self._faults:
            with suppress(OSError):
                self._talking.sendall(data)

    def _keep(self, slip: PrintedSlip) -> None:
        self._slips.append(slip)
        if self._folder:
            (self._folder / f"slip-{slip.number:03d}.png").write_bytes(slip.png)
            (self._folder / f"slip-{slip.number:03d}.bin").write_bytes(slip.data)
