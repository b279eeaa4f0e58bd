"""multipart/x-mixed-replace, the wrapping of MJPEG over HTTP: bytes in, whole parts out. Pure; no network.

Some cameras name the boundary with its leading dashes, some leave out Content-Length; both are understood.
"""

import re

from hardware.faults import DeviceFault, FaultCode

LONGEST_PART = 32 * 1024 * 1024
LONGEST_HEAD = 8192


def boundary_of(content_type: str) -> bytes:
    """The boundary in a Content-Type; DeviceFault(BAD_ANSWER) when it is not a multipart stream."""
    found = re.search(r'boundary="?([^";\s]+)"?', content_type)
    if not content_type.lower().lstrip().startswith("multipart/") or not found:
        raise DeviceFault(FaultCode.BAD_ANSWER, f"not an MJPEG stream: {content_type[:60]}")
    return found.group(1).encode("latin-1", "replace").lstrip(b"-")


class PartReader:
    """Feed it bytes, ask it for parts."""

    def __init__(self, boundary: bytes) -> None:
        self._delimiter = b"--" + boundary.lstrip(b"-")
        self._buffer = bytearray()
        self._looked = 0
        self._part: int | None = None
        """Length the current part's header promised; -1 = it promised none; None = no header read yet."""

    def feed(self, data: bytes) -> None:
        """Add what the network gave."""
        self._buffer += data

    def next_part(self) -> bytes | None:
        """The next whole part's content, or None when more bytes are needed; BAD_ANSWER when it cannot be multipart."""
        if self._part is None and not self._read_head():
            return None
        if self._part is not None and self._part >= 0:
            if len(self._buffer) < self._part:
                return None
            return self._take(self._part)
        # Without a length the next delimiter ends the part; bytes already searched are not searched again.
        end = self._buffer.find(self._delimiter, max(0, self._looked - len(self._delimiter)))
        self._looked = len(self._buffer)
        if end < 0:
            if len(self._buffer) > LONGEST_PART:
                raise DeviceFault(FaultCode.BAD_ANSWER, "a part without an end")
            return None
        # The dashes may be two more than the boundary's own, and a line break belongs to the delimiter, not the part.
        return self._take(end).rstrip(b"-").removesuffix(b"\n").removesuffix(b"\r")

    def _read_head(self) -> bool:
        start = self._buffer.find(self._delimiter)
        if start < 0:
            if len(self._buffer) > LONGEST_HEAD:
                raise DeviceFault(FaultCode.BAD_ANSWER, "no boundary in the stream")
            return False
        end = re.compile(rb"\r?\n\r?\n").search(self._buffer, start)
        if not end:
            if len(self._buffer) - start > LONGEST_HEAD:
                raise DeviceFault(FaultCode.BAD_ANSWER, "a part's head without an end")
            return False
        length = re.compile(rb"content-length:\s*(\d{1,12})", re.IGNORECASE).search(self._buffer, start, end.start())
        self._part = int(length.group(1)) if length else -1
        if self._part > LONGEST_PART:
            raise DeviceFault(FaultCode.BAD_ANSWER, f"a part of {self._part} bytes")
        del self._buffer[: end.end()]
        self._looked = 0
        return True

    def _take(self, size: int) -> bytes:
        with memoryview(self._buffer) as held:      # one copy of some megabytes, not two
            part = bytes(held[:size])
        del self._buffer[:size]
        self._part = None
        self._looked = 0
        return part
