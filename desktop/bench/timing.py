"""Taking times: two things in turn, so that a busy machine is unfair to both."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles


@dataclass(frozen=True)
class Timing:
    """One thing measured beside its alternative; all times in milliseconds."""

    name: str
    ms: float
    """Median."""
    ms_p95: float
    against: str
    """What it is compared with."""
    against_ms: float
    target_ms: float | None = None
    """What it should take on the machine the target was set for; None = only the ratio counts."""

    detail: Mapping[str, float] = field(default_factory=dict)
    """What else was counted."""

    @property
    def ratio(self) -> float:
        """Times the alternative's median."""
        return self.ms / self.against_ms if self.against_ms else float("inf")

    @property
    def ok(self) -> bool:
        """Whether the target is met."""
        return self.target_ms is None or self.ms < self.target_ms


def compare(name: str, ours: Callable[[], object], against: str, theirs: Callable[[], object], *, seconds: float = 2.0,
            least: int = 5, target_ms: float | None = None, detail: Mapping[str, float] | None = None) -> Timing:
    """Both in turn for about `seconds`, at least `least` rounds; the first round only warms up."""
    ours(), theirs()
    mine: list[float] = []
    other: list[float] = []
    end = time.perf_counter() + seconds
    while len(mine) < least or time.perf_counter() < end:
        mine.append(_once(ours))
        other.append(_once(theirs))
    return Timing(name, median(mine), quantiles(mine, n=20)[-1], against, median(other), target_ms, detail or {})


def _once(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000
