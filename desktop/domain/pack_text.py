"""Where in a pack's text something stands: tomllib gives values without places, an administrator needs the line.

Knows TOML's headers and keys as packs use them (one key per line); anything inside an inline value is found at its key's line.
"""

import re

Path = tuple[str | int, ...]

_HEADER = re.compile(r"\s*\[(\[)?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_\-.]+)\s*=""")
_FENCE = re.compile(r'"""|\'\'\'')


def lines_of(text: str) -> dict[Path, int]:
    """Every table, array element and key of the text -> its line, counted from 1."""
    places: dict[Path, int] = {(): 1}
    counts: dict[Path, int] = {}
    table: Path = ()
    fence = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if fence:                                  # inside a multi-line string nothing is a key
            fence = "" if fence in line else fence
            continue
        if header := _HEADER.match(line):
            table = _resolve(tuple(_parts(header[2])), counts, new=bool(header[1]))
            places.setdefault(table, number)
        elif key := _KEY.match(line):
            places.setdefault((*table, *_parts(key[1])), number)
            opened = _FENCE.findall(line)
            if len(opened) % 2:
                fence = opened[-1]
    return places


def line_of(places: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest thing around it: the first line for what the pack itself lacks."""
    while path not in places:
        path = path[:-1]
    return places[path]


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]


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
