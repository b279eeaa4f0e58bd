"""Where in a pack's text something stands: tomllib gives values without places, an administrator needs the line.

Knows TOML's headers and keys (one key per line, as packs are written); anything inside an inline value is found at its key's line.
"""

import re

Path = tuple[str | int, ...]

_NAME = r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|[A-Za-z0-9_-]+)"""
_NAMES = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*\[(\[)?\s*({_NAMES})\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"\s*({_NAMES})\s*=")
_PART = re.compile(_NAME)
_FENCE = re.compile(r'"""|\'\'\'')
_TEXTS = re.compile(r""""(?:\\.|[^"\\])*"|'[^']*'|#.*""")


def lines_of(text: str) -> dict[Path, int]:
    """Every table, array, array element and key of the text -> its line, counted from 1. An array stands where its first element does."""
    places: dict[Path, int] = {(): 1}
    counts: dict[Path, int] = {}
    table: Path = ()
    fence = ""
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if fence:                                  # inside a multi-line string nothing is a key
            fence = "" if fence in line else fence
            continue
        header = _HEADER.match(line) if depth == 0 else None     # nor inside an array of several lines
        key = _KEY.match(line) if depth == 0 else None
        path: Path = ()
        if header:
            path = table = _resolve(_parts(header[2]), counts, new=bool(header[1]))
        elif key:
            path = (*table, *_parts(key[1]))
        for end in range(len(path), 0, -1):
            places.setdefault(path[:end], number)
        if header:
            continue
        opened = _FENCE.findall(line)
        if len(opened) % 2:
            fence = opened[-1]
        elif not opened:
            bare = _TEXTS.sub("", line)
            depth = max(0, depth + sum(bare.count(sign) for sign in "[{") - sum(bare.count(sign) for sign in "]}"))
    return places


def line_of(places: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest thing around it: the first line for what the pack itself lacks."""
    while path not in places:
        path = path[:-1]
    return places[path]


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in _PART.findall(dotted))


def _resolve(names: tuple[str, ...], counts: dict[Path, int], *, new: bool) -> Path:
    """`sections.fields` -> ("sections", 3, "fields", 0): names of arrays get the index of their newest element."""
    path: Path = ()
    for position, name in enumerate(names):
        path = (*path, name)
        last = position == len(names) - 1
        if last and new:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
