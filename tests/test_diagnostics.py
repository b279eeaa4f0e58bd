"""The log of a home: what it keeps of a failure, and what of a person."""

import logging
from pathlib import Path

import pytest

from desktop.diagnostics import Discreet, failure_of, logging_to, way_of
from hardware.simulated.people import MOTHER


def stumble() -> None:
    """As a library does: over somebody's data."""
    try:
        raise KeyError(MOTHER.name)  # noqa: TRY301
    except KeyError as error:
        raise ValueError(f"{MOTHER.name} {MOTHER.number}") from error


def raised() -> Exception:
    try:
        stumble()
    except ValueError as error:
        return error
    raise AssertionError


def test_the_log_tells_kind_place_and_cause_of_a_failure_and_quotes_nobody(tmp_path: Path) -> None:
    careless = logging.StreamHandler((tmp_path / "careless").open("w"))       # another handler, which keeps what it made of the exception
    logging.getLogger().addHandler(careless)
    with logging_to(tmp_path / "home") as file:
        logging.getLogger("desktop.somewhere").error("%s could not be read", MOTHER.number, exc_info=raised())
    logging.getLogger().removeHandler(careless)
    careless.stream.close()
    assert MOTHER.name in (tmp_path / "careless").read_text("utf-8"), "the control: as the standard library writes it"
    assert file is not None
    told = file.read_text("utf-8")
    for word in ("desktop.somewhere", "KeyError", "ValueError", "in stumble"):
        assert word in told, word
    assert MOTHER.name not in told
    assert MOTHER.number not in told


def test_a_home_that_takes_nothing_has_its_log_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "file").write_text("")
    with logging_to(tmp_path / "file" / "home") as file:
        logging.getLogger("desktop").warning("here")
    assert file is not None
    assert file.parent.parent == tmp_path
    assert "here" in file.read_text("utf-8")


def test_an_error_of_the_system_is_told_by_its_number_and_its_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file") as missing:
        (tmp_path / "a").read_text()
    failure = failure_of(missing.value)
    assert failure.file == str(tmp_path / "a")
    assert failure.kind.startswith("FileNotFoundError: ENOENT")


def test_a_library_that_puts_a_code_of_its_own_on_its_exception_is_not_mistaken_for_us() -> None:
    class Foreign(Exception):
        code = "E1234"

    assert failure_of(Foreign(MOTHER.name)).code == "window.unexpected"
    assert "E1234" not in way_of(Foreign()) + Discreet().format(logging.makeLogRecord({"msg": "x"}))
