"""`oncedesk bench NAME`: how fast a room is, always beside a named alternative measured in the same run. Nothing here is a test."""

from collections.abc import Callable

from desktop.bench.timing import Timing


def _themes(seconds: float) -> tuple[Timing, ...]:
    from desktop.bench.themes import run

    return run(seconds)


def _frames(seconds: float) -> tuple[Timing, ...]:
    from desktop.bench.frames import run

    return run(seconds)


def _idcard(seconds: float) -> tuple[Timing, ...]:
    from desktop.bench.idcard import run

    return run(seconds)


def _preview(seconds: float) -> tuple[Timing, ...]:
    from desktop.bench.preview import run

    return run(seconds)


def _read(seconds: float) -> tuple[Timing, ...]:
    from desktop.bench.read import run

    return run(seconds)


def _pages(seconds: float) -> tuple[Timing, ...]:
    from desktop.bench.pages import run

    return run(seconds)


def _window(seconds: float) -> tuple[Timing, ...]:
    from desktop.bench.window import run

    return run(seconds)


BENCHES: dict[str, Callable[[float], tuple[Timing, ...]]] = {"themes": _themes, "frames": _frames, "preview": _preview, "idcard": _idcard,
                                                             "read": _read, "pages": _pages, "window": _window}
"""Name -> what measures it; each imports its room only when asked."""
