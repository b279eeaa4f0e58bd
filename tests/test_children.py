"""What the installed program leaves in the surroundings of the programs it starts (desktop/__main__.py).

`make bundle` tries it for real.
"""

import os
import sys

import pytest

from desktop.__main__ import leave_children_their_own


@pytest.mark.parametrize(("before", "expected"), [("", None), ("/opt/maker/lib", "/opt/maker/lib")])
def test_what_the_starter_put_before_the_systems_libraries_is_taken_away_again(
        monkeypatch: pytest.MonkeyPatch, before: str, expected: str | None) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.delenv("PYINSTALLER_RESET_ENVIRONMENT", raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", f"/opt/apps/oncedesk/_internal:{before}")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    leave_children_their_own()
    assert os.environ.get("LD_LIBRARY_PATH") == expected
    assert os.environ["PYINSTALLER_RESET_ENVIRONMENT"] == "1", "our own processes begin as the program did"


def test_from_source_everything_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYINSTALLER_RESET_ENVIRONMENT", raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/maker/lib")
    leave_children_their_own()
    assert os.environ["LD_LIBRARY_PATH"] == "/opt/maker/lib"
    assert "PYINSTALLER_RESET_ENVIRONMENT" not in os.environ
