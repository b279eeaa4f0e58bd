"""When to take a picture by itself: the papers lie still and sharp, and one of them was not taken yet. Pure; time is an argument.

A paper taken is followed while it stays in sight, so pushing it straight takes nothing; only an empty desk forgets it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from desktop.recognition.reading import Point

HOLD = 0.8
"""Seconds of lying still and sharp before the picture is taken."""
STILL = 0.004
"""How far a corner may wander from one look to the next, in shares of the frame."""
PUSHED = 0.2
"""How far a paper may be pushed from one look to the next and still be known for the same."""
CLEARED = 0.6
"""Seconds without any paper after which what lies there next is another; a hand may hide one for a moment."""

Quad = Sequence[Point]
Corners = tuple[Point, ...]


@dataclass(frozen=True)
class Stillness:
    """A state; `after` gives the next. The caller takes the picture once `take` is true, and says so with `taken`."""

    papers: tuple[Corners, ...] = ()
    since: float | None = None
    """When they began to lie still; None while something moves, is not sharp, or all were taken."""
    now: float = 0.0
    done: tuple[Corners, ...] = ()
    """The papers taken, where they lie now."""
    empty_since: float | None = None

    @property
    def ring(self) -> float:
        """How much of the waiting is over, 0..1."""
        return 0.0 if self.since is None else min(1.0, (self.now - self.since) / HOLD)

    @property
    def take(self) -> bool:
        """Whether the picture is to be taken now."""
        return self.ring >= 1.0

    @property
    def all_done(self) -> bool:
        """Whether every paper that lies there was taken."""
        return bool(self.papers) and all(paper in self.done for paper in self.papers)

    def after(self, quads: Sequence[Quad], good: bool, now: float) -> "Stillness":
        """One look more: the papers' corners in shares of the frame, whether all are sharp, whole and without glare, and when.

        `now` in seconds of a clock that does not go back.
        """
        papers = tuple(tuple((float(x), float(y)) for x, y in quad) for quad in quads)
        if not papers:
            began = now if self.empty_since is None else self.empty_since
            return Stillness(now=now, empty_since=began, done=() if now - began >= CLEARED else self.done)
        done = tuple(place for old in self.done if (place := _nearest(old, papers, PUSHED)) is not None)
        gone = tuple(old for old in self.done if _nearest(old, papers, PUSHED) is None)     # may only be hidden by the hand
        begun = self.since if _all_within(papers, self.papers, STILL) else None
        waits = good and any(paper not in done for paper in papers)
        return Stillness(papers, (now if begun is None else begun) if waits else None, now, done + gone, None)

    def taken(self) -> "Stillness":
        """The picture was taken, by this or by hand."""
        return replace(self, since=None, done=self.papers)


def _all_within(some: Sequence[Quad], others: Sequence[Quad], reach: float) -> bool:
    return len(some) == len(others) and all(_nearest(one, others, reach) is not None for one in some)


def _nearest(one: Quad, others: Sequence[Quad], reach: float) -> Corners | None:
    """The paper among `others` whose corners lie nearest, all within `reach`; None when none does."""
    near = min(others, key=lambda other: _apart(one, other), default=None)
    return None if near is None or _apart(one, near) > reach else tuple(near)


def _apart(one: Quad, other: Quad) -> float:
    return max(max(abs(x - u), abs(y - v)) for (x, y), (u, v) in zip(one, other, strict=True))
