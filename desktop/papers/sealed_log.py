"""The sealed day: JSON lines, each chained to the one before by SM3, and the check that names the first line amiss.

A line is canonical JSON {"n", "prev", "body", "seal"} with seal = SM3(the line without its seal). The chain shows
changes within the file; that nobody wrote the whole file anew is shown by its last seal standing elsewhere too: on the
signed day sheet and in the next day's header.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes

from desktop.papers.sheet import DaySheet

_FORMAT = "oncedesk-day/1"
_START = "0" * 64


@dataclass(frozen=True)
class Verdict:
    """What the check found. `reason` is a wording code, empty when all is well."""

    ok: bool
    first_bad_line: int | None = None
    """Counted from 1; of a missing line the place where it should stand."""
    reason: str = ""
    """day.log_altered, day.log_line_missing, day.log_line_added, day.log_cut or day.log_empty."""
    day: str = ""
    """The day in the header, ISO, when the header is sound."""
    lines: int = 0
    """Lines found sound."""
    seal: str = ""
    """The last line's seal when all is well: compare it with the signed day sheet."""


def sealed_lines(day: DaySheet) -> bytes:
    """Header, one line per theme, per case and per difference, and the closing line; UTF-8, each line ended by LF."""
    bodies: list[dict[str, Any]] = [
        {"kind": "header", "format": _FORMAT, "day": day.day.isoformat(), "hall": day.hall, "window": day.window,
         "closed_by": day.closed_by, "reviewed_by": day.reviewed_by, "closed_at": day.closed_at.isoformat(),
         "previous_seal": day.previous_seal, "journal_head": day.journal_head, "journal_count": day.journal_count,
         "demo": day.demo},
        *({"kind": "theme", **asdict(line)} for line in day.lines),
        *({"kind": "case", **asdict(case) | {"accepted_at": case.accepted_at.isoformat(),
                                             "due_date": case.due_date.isoformat() if case.due_date else None}}
          for case in day.cases),
        *({"kind": "difference", "text": text} for text in day.differences),
    ]
    written: list[bytes] = []
    previous = _START
    for number, body in enumerate(bodies, start=1):
        raw, previous = _line(number, previous, body)
        written.append(raw)
    written.append(_closing(written, previous)[0])
    return b"".join(raw + b"\n" for raw in written)


def seal_of(data: bytes) -> str:
    """The closing seal of a sealed day, for the day sheet and the next day's header; ValueError unless it verifies."""
    verdict = verify_sealed(data)
    if not verdict.ok:
        raise ValueError(f"not a sound sealed day: {verdict.reason} at line {verdict.first_bad_line}")
    return verdict.seal


def verify_sealed(data: bytes) -> Verdict:
    """Whether `data` is exactly what was sealed, and if not, the first line that was altered, left out or added."""
    if not data:
        return Verdict(ok=False, first_bad_line=1, reason="day.log_empty")
    *raws, tail = data.split(b"\n")
    raws += [tail] if tail else []
    lines = [_parse(raw) for raw in raws]
    previous, day = _START, ""
    for place, line in enumerate(lines):
        number = place + 1
        if closes := line is not None and line.kind == "seal":
            sound = raws[place] == _closing(raws[:place], previous)[0]
        else:
            sound = line is not None and (line.number, line.previous) == (number, previous) and line.intact
        if not sound:
            return _blame(lines, raws, place, previous, day, cut=bool(tail) and number == len(lines))
        assert line is not None
        if number == 1:
            if line.kind != "header" or line.body.get("format") != _FORMAT:
                return Verdict(ok=False, first_bad_line=1, reason="day.log_altered")
            day = str(line.body.get("day", ""))
        if closes:
            if number < len(lines):
                return Verdict(ok=False, first_bad_line=number + 1, reason="day.log_line_added", day=day, lines=number)
            if tail:
                return Verdict(ok=False, first_bad_line=number, reason="day.log_cut", day=day, lines=number)
            return Verdict(ok=True, day=day, lines=number, seal=line.seal)
        previous = line.seal
    # A last line without its line end is itself cut; else the one that would follow is missing.
    return Verdict(ok=False, first_bad_line=len(lines) + (0 if tail else 1), reason="day.log_cut", day=day, lines=len(lines))


@dataclass(frozen=True)
class _Line:
    """One parsed line; `intact` = its bytes are canonical and its seal is its own."""

    number: int
    previous: str
    body: dict[str, Any]
    seal: str
    intact: bool

    @property
    def kind(self) -> str:
        return str(self.body.get("kind"))


def _blame(lines: list[_Line | None], raws: list[bytes], place: int, previous: str, day: str, *, cut: bool) -> Verdict:
    """Name the first bad line, knowing that everything before `place` fits and the line there does not."""
    here = lines[place]
    after = lines[place + 1] if place + 1 < len(lines) else None
    bad, reason = place + 1, "day.log_altered"
    if here is None and cut:
        reason = "day.log_cut"
    elif after is not None and (after.number, after.previous) == (place + 1, previous) and after.intact:
        reason = "day.log_line_added"     # the line that belongs here stands one further down
    elif here is not None and here.intact and here.number > place + 1:
        reason = "day.log_line_missing"
    elif here is not None and here.intact and here.number == place + 1:
        if place and here.previous != previous and _is_witness(here, after, raws[:place]):
            bad = place                   # the line before was rewritten with a new seal; this one still knows the old
    elif here is not None and here.intact:
        reason = "day.log_line_added"
    return Verdict(ok=False, first_bad_line=bad, reason=reason, day="" if bad == 1 else day, lines=bad - 1)


def _is_witness(here: _Line, after: _Line | None, before: list[bytes]) -> bool:
    """Whether `here` stands as it was sealed, judged by what comes after it or, for the closing line, by what it says."""
    if after is not None:
        return after.previous == here.seal
    return here.kind == "seal" and here.body.get("sm3") != _digest_of(before)


def _digest_of(raws: list[bytes]) -> str:
    return _sm3(b"".join(raw + b"\n" for raw in raws))


def _parse(raw: bytes) -> _Line | None:
    """The line, or None when it has not the shape of one."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or value.keys() != {"n", "prev", "body", "seal"}:
        return None
    number, previous, body, seal = value["n"], value["prev"], value["body"], value["seal"]
    if not (type(number) is int and isinstance(previous, str) and isinstance(body, dict) and isinstance(seal, str)):
        return None
    try:
        intact = _line(number, previous, body)[0] == raw
    except (ValueError, RecursionError):  # lone surrogates cannot be written as UTF-8
        intact = False
    return _Line(number, previous, body, seal, intact)


def _line(number: int, previous: str, body: dict[str, Any]) -> tuple[bytes, str]:
    """The line's bytes and its seal."""
    line = {"n": number, "prev": previous, "body": body}
    seal = _sm3(_canonical(line))
    return _canonical(line | {"seal": seal}), seal


def _closing(raws: list[bytes], previous: str) -> tuple[bytes, str]:
    """The last line: it counts the lines before it and seals all their bytes together."""
    return _line(len(raws) + 1, previous, {"kind": "seal", "count": len(raws), "sm3": _digest_of(raws)})


def _canonical(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _sm3(data: bytes) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()
