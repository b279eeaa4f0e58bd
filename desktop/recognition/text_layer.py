"""Lines as recognised -> what a searchable copy of the page needs: words and where each run of them stands."""

from collections.abc import Sequence

from desktop.recognition.engine import Glyph, Line
from desktop.recognition.reading import TextLine

APART = 1.5
"""Line heights; a wider gap divides a line (a label and its value), so that a search marks the value alone."""


def text_lines(lines: Sequence[Line], width: int, height: int) -> tuple[TextLine, ...]:
    """Every run of characters of a page `width` x `height` pixels, in the order of the lines."""
    return tuple(_placed(run, line, width, height) for line in lines for run in _runs(line))


def _runs(line: Line) -> list[list[Glyph]]:
    runs: list[list[Glyph]] = []
    for glyph in line.glyphs:
        if runs and glyph.left - runs[-1][-1].right <= APART * (line.bottom - line.top):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    return runs


def _placed(run: list[Glyph], line: Line, width: int, height: int) -> TextLine:
    left, right, top, bottom = run[0].left / width, run[-1].right / width, line.top / height, line.bottom / height
    whole = len(run) == len(line.glyphs)     # then the blanks between words are still known
    return TextLine(line.text if whole else "".join(glyph.char for glyph in run),
                    (round(left, 4), round(top, 4), round(max(right - left, 0.0), 4), round(max(bottom - top, 0.0), 4)))
