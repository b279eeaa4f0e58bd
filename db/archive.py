"""The shape of a backup's ZIP, looked at before any library believes it: names, counts and sizes that only our own backups have.

Entries are stored, not compressed, so what is unpacked is no larger than the file itself: a file that claims more is a bomb. Records
after PKWARE's APPNOTE 6.3.10, 4.3.12 (directory), 4.3.14-16 (its end).
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from db.faults import StoreFault
from db.store import DB_NAME

MANIFEST, RECOVERY, SETTINGS = "manifest.json", "recovery.json", "settings.sealed"
_SMALL = {RECOVERY: 64 * 1024, SETTINGS: 16 * 1024 * 1024}
"""Bytes at most."""
_EVIDENCE = re.compile(r"attachments/[0-9a-f]{64}\.[0-9a-f]{8}")
_MOST = 1_000_000
"""Pieces of evidence: eight years of a busy window."""
_RECORD = 200
"""Bytes at most that the directory spends on one piece."""
_MANIFEST_LINE = 300
"""Bytes at most that the manifest spends on one piece."""
_END, _END64, _LOCATOR_BYTES = struct.Struct("<4s4H2LH"), struct.Struct("<4sQ2H2L4Q"), 20
_ENTRY = struct.Struct("<4s6H3L5H2L")
_FULL32 = 0xFFFFFFFF
"""Stands where the ZIP64 field has the number."""


@dataclass(frozen=True)
class _Entry:
    name: str
    method: int
    flags: int
    packed: int
    plain: int


class _Strange(Exception):
    code = "backup.not_ours"


def must_be_ours(path: Path) -> None:
    """Raises StoreFault: `backup.not_ours`, `backup.damaged` when the file has no end of a ZIP (cut short, or something else)."""
    size = path.stat().st_size
    with path.open("rb") as file:
        place = _directory(file, size)
        if place is None:
            raise StoreFault("backup.damaged", "end")
        try:
            _must_be_ours(file, size, *place)
        except (_Strange, struct.error, UnicodeDecodeError) as error:
            raise StoreFault("backup.not_ours", str(error)[:40]) from error


def _must_be_ours(file: IO[bytes], size: int, start: int, length: int) -> None:
    if length > _MOST * _RECORD:
        raise _Strange("directory")
    total = evidence = manifest = 0
    once: set[str] = set()
    for entry in _entries(file, start, length):
        if entry.method or entry.flags & 1 or entry.packed != entry.plain:
            raise _Strange("compressed")
        total += entry.plain
        if _EVIDENCE.fullmatch(entry.name):
            evidence += 1
        elif entry.name in once or entry.name not in {DB_NAME, MANIFEST, *_SMALL} or entry.plain > _SMALL.get(entry.name, size):
            raise _Strange("entry")
        else:
            once.add(entry.name)
            manifest = entry.plain if entry.name == MANIFEST else manifest
        if total + length > size or evidence > _MOST:
            raise _Strange("size")
    if not {DB_NAME, MANIFEST} <= once or manifest > (evidence + 100) * _MANIFEST_LINE:
        raise _Strange("manifest")


def _directory(file: IO[bytes], size: int) -> tuple[int, int] | None:
    """Where the directory begins and how many bytes it has; None without an end record.

    It must end where the end record begins, so that whoever reads the file after us finds the same directory.
    """
    behind = min(size, _END64.size + _LOCATOR_BYTES + _END.size)
    file.seek(size - behind)
    tail = file.read(behind)
    at = len(tail) - _END.size
    if at < 0 or tail[at:at + 4] != b"PK\5\6":      # we write no comment behind it
        return None
    *_, length, start, _ = _END.unpack_from(tail, at)
    if tail[max(0, at - _LOCATOR_BYTES):at].startswith(b"PK\6\7"):
        at -= _LOCATOR_BYTES + _END64.size
        if at < 0:
            return None
        *_, length, start = _END64.unpack_from(tail, at)
    return (start, length) if start + length + behind - at == size else None


def _entries(file: IO[bytes], start: int, length: int) -> Iterator[_Entry]:
    """The directory's records one by one: a million of them as objects would already be the bomb."""
    file.seek(start)
    read = 0
    while read < length:
        record = file.read(_ENTRY.size)
        magic, _, _, flags, method, _, _, _, packed, plain, name, extra, comment, *_ = _ENTRY.unpack(record)
        if magic != b"PK\1\2":
            raise _Strange("directory")
        read += _ENTRY.size + name + extra + comment
        called = file.read(name).decode("ascii")
        more = file.read(extra)
        file.seek(comment, 1)
        yield _Entry(called, method, flags, *_sizes64(more, packed, plain))


def _sizes64(extra: bytes, packed: int, plain: int) -> tuple[int, int]:
    """The sizes, from the ZIP64 field where 32 bits do not hold them."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            wide = iter(struct.unpack_from(f"<{length // 8}Q", extra, at + 4))
            plain = next(wide, plain) if plain == _FULL32 else plain
            packed = next(wide, packed) if packed == _FULL32 else packed
        at += 4 + length
    return packed, plain
