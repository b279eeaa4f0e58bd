"""Breaking text into lines the Chinese way: no closing mark first, no opening mark last, numbers whole."""

import itertools
import re

from desktop.papers import fonts

_NOT_FIRST = frozenset("，。、；：！？）》」』】〕〉”’％…·,.;:!?)]}%")
_NOT_LAST = frozenset("（《「『【〔〈“‘([{")
_PIECE = re.compile(r"[0-9A-Za-z_.,:;/@#&=?%+*\-]+|\s|.", re.DOTALL)


def wrap(text: str, size: float, width: float, *, heavy: bool = False) -> tuple[str, ...]:
    """`text` in lines of at most `width` points. Nothing is left out but the spaces at a break; at least one line."""
    return tuple(itertools.chain.from_iterable(_wrap_line(line, size, width, heavy=heavy) for line in text.split("\n")))


def _wrap_line(text: str, size: float, width: float, *, heavy: bool) -> list[str]:
    if fonts.width(text, size, heavy=heavy) <= width:
        return [text.strip()]
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _pieces(text, size, width, heavy=heavy):
        wide = fonts.width(piece, size, heavy=heavy)
        if used + (0 if piece.isspace() else wide) <= width:
            line, used = line + piece, used + wide
            continue
        keep, carry = _split_for_marks(line, piece)
        if fonts.width(carry, size, heavy=heavy) + wide > width:
            keep, carry = line, ""
        lines.append(keep.strip())
        line = (carry + piece).lstrip()
        used = fonts.width(line, size, heavy=heavy)
    lines.append(line.strip())
    return lines


def _pieces(text: str, size: float, width: float, *, heavy: bool) -> list[str]:
    """Smallest parts that stay together; a word longer than a line falls into characters."""
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        pieces.extend([piece] if fonts.width(piece, size, heavy=heavy) <= width else piece)
    return pieces


def _split_for_marks(line: str, piece: str) -> tuple[str, str]:
    """What of `line` must move down with `piece` so that no mark stands where it may not."""
    cut = len(line)
    first = piece
    while cut > 1 and (first[0] in _NOT_FIRST or line[cut - 1] in _NOT_LAST):
        cut -= 1
        first = line[cut]
    return (line[:cut], line[cut:]) if cut > 1 else (line, "")


def label(text: str, size: float, width: float) -> tuple[str, ...]:
    """A printed label in as few lines as fit, broken where its meaning breaks and with lines of like length.

    A space or line end in the label (as the document printed it) and the edges of brackets are the better places.
    """
    whole = " ".join(text.split())
    if fonts.width(whole, size) <= width:
        return (whole,)
    for candidates in (_better_breaks(whole), _all_breaks(whole)):
        for count in range(1, min(4, len(candidates) + 1)):
            splits = [_cut_at(whole, cuts) for cuts in itertools.combinations(candidates, count)]
            fitting = [split for split in splits if all(fonts.width(line, size) <= width for line in split)]
            if fitting:
                return min(fitting, key=lambda split: (max(map(len, split)) - min(map(len, split)), -len(split[0])))
    return wrap(whole, size, width)


def _better_breaks(text: str) -> list[int]:
    return [place for place in _all_breaks(text)
            if text[place - 1].isspace() or text[place - 1] in "》）)" or text[place] in "《（("]


def _all_breaks(text: str) -> list[int]:
    return [place for place in range(1, len(text))
            if text[place] not in _NOT_FIRST and text[place - 1] not in _NOT_LAST and not text[place].isspace()
            and not (text[place].isascii() and text[place - 1].isascii() and text[place - 1].isalnum())]


def _cut_at(text: str, cuts: tuple[int, ...]) -> tuple[str, ...]:
    edges = (0, *cuts, len(text))
    return tuple(text[start:end].strip() for start, end in itertools.pairwise(edges))
