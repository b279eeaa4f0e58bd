"""Notes between the window and the scanner's own process: a JSON note and, behind it, the bytes of a page.

    note length (4 bytes, big-endian) | body length (4 bytes) | note (UTF-8 JSON object) | body
"""

import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

from hardware.faults import DeviceFault, FaultCode

Note = Mapping[str, Any]

_HEAD = struct.Struct(">II")
_LONGEST_NOTE = 1 << 20
_LONGEST_BODY = 1 << 30


def pack(note: Note, body: bytes = b"") -> bytes:
    """One frame."""
    text = json.dumps(note, ensure_ascii=False).encode()
    return _HEAD.pack(len(text), len(body)) + text + body


def read(stream: BinaryIO) -> tuple[Note, bytes] | None:
    """The next frame of a blocking stream; None when it ended, BAD_ANSWER when what came is no frame."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    note_size, body_size = _HEAD.unpack(head)
    if note_size > _LONGEST_NOTE or body_size > _LONGEST_BODY:
        raise DeviceFault(FaultCode.BAD_ANSWER, "not a frame")
    text, body = stream.read(note_size), stream.read(body_size)
    if len(text) < note_size or len(body) < body_size:
        return None
    try:
        note = json.loads(text)
    except ValueError as e:
        raise DeviceFault(FaultCode.BAD_ANSWER, "not a note") from e
    if not isinstance(note, dict):
        raise DeviceFault(FaultCode.BAD_ANSWER, "not a note")
    return note, body
