"""From what the clerk wants to what a scanner offers: pure. A scanner's options carry a constraint, as SANE writes it:

None (anything), (lowest, highest, step), or a list of all values.
"""

from collections.abc import Sequence

from hardware.faults import DeviceFault, FaultCode

Constraint = tuple[float, float, float] | list[float] | None

_FEEDER = ("feeder", "adf", "进纸", "送稿")
_BOTH_SIDES = ("duplex", "both", "双面")
_COLOR = ("color", "colour", "彩色")
_GRAY = ("gray", "grey", "灰")


def nearest(wanted: float, constraint: Constraint) -> float:
    """The permitted value nearest to `wanted`. SANE does not refuse a value out of range: 99999 dpi becomes 1."""
    if constraint is None:
        return wanted
    if isinstance(constraint, tuple):
        low, high, step = constraint
        kept = min(max(wanted, low), high)
        if step <= 0:
            return kept
        steps = min(round((kept - low) / step), int((high - low) / step + 1e-9))
        return low + steps * step
    return min(constraint, key=lambda value: (abs(value - wanted), value), default=wanted)


def is_feeder(source: str) -> bool:
    """True when a source draws sheets in, by its name."""
    return any(word in source.lower() for word in _FEEDER)


def is_both_sides(source: str) -> bool:
    """True when a source scans both sides of a sheet, by its name."""
    return any(word in source.lower() for word in _BOTH_SIDES)


def source_for(wanted: str, duplex: bool, offered: Sequence[str]) -> str:
    """Which of the scanner's sources to use; "" when it offers no choice. UNSUPPORTED for one it does not have.

    `wanted` is a source's own name, or "feeder" / "flatbed" in any scanner; empty = the feeder when there is one.
    """
    if not offered:
        return ""
    named = [source for source in offered if source.lower() == wanted.lower()]
    feeders = [source for source in offered if is_feeder(source)]
    if named:
        chosen = named
    elif not wanted:
        chosen = feeders or list(offered)
    elif is_feeder(wanted):
        chosen = feeders
    elif wanted.lower() in {"flatbed", "glass"}:
        chosen = [source for source in offered if not is_feeder(source)]
    else:
        chosen = []
    if not chosen:
        raise DeviceFault(FaultCode.UNSUPPORTED, f"no source {wanted!r}; it has {', '.join(offered)}")
    fitting = [source for source in chosen if is_both_sides(source) == duplex]
    return (fitting or chosen)[0]


def mode_for(wanted: str, offered: Sequence[str]) -> str:
    """The scanner's own word for "color" or "gray"; the other one when it has only that, "" when it offers neither."""
    def first(words: Sequence[str]) -> str:
        # "Color" before "24bit Color[Fast]": the plain word is the shortest.
        fitting = [mode for mode in offered if any(word in mode.lower() for word in words)]
        return min(fitting, key=len, default="")

    return (first(_COLOR) or first(_GRAY)) if wanted == "color" else (first(_GRAY) or first(_COLOR))


def real_resolution(told: float, pixels: int, millimetres: float) -> int:
    """Dots per inch of a picture so wide: what the option says, unless the pixels tell otherwise.

    An eSCL scanner that knows 150 and 300 takes "200", says 200, and sends 150. A few columns less are only the scanner's edge.
    """
    if millimetres <= 0 or pixels <= 0:
        return round(told)
    seen = pixels * 25.4 / millimetres
    return round(told) if told > 0 and abs(seen - told) <= 0.1 * told else round(seen)
