"""One Recogniser for all recognition tests: its models take a second to load."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from desktop.recognition.read import Recogniser
from desktop.recognition.reading import Page

DESK = Path(__file__).resolve().parents[2] / "resources" / "recordings" / "desk"


@pytest.fixture(scope="session")
def recogniser() -> Recogniser:
    return Recogniser()


@pytest.fixture(scope="session")
def pages_of(recogniser: Recogniser) -> Callable[[str], tuple[Page, ...]]:
    """The pages of a demo scene, read once however many tests ask."""
    @cache
    def read(stem: str) -> tuple[Page, ...]:
        return recogniser.read((DESK / f"{stem}.jpg").read_bytes())

    return read
