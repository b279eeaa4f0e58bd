"""`oncedesk idcard read` beyond the keys every script knows: appended address, old number, makers' libraries for the picture."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.simulated.card_reader import SimulatedCardReader
from hardware.simulated.people import FOREIGNER, MOTHER
from tests.cli.conftest import Command
from tests.hardware.id_card.vendor import PHOTO, build


@pytest.fixture
def reader() -> Iterator[SimulatedCardReader]:
    opened = SimulatedCardReader()
    yield opened
    opened.close()


def test_the_appended_address_is_read_when_it_is_asked_for(oncedesk: Command, reader: SimulatedCardReader) -> None:
    reader.lay(dataclasses.replace(MOTHER, newest_address="样本街1号"))
    plain = oncedesk("idcard", "read", "--port", reader.path, "--json")
    assert "newest_address" not in plain.document
    assert reader.heard == [(0x20, 0x01), (0x20, 0x02), (0x30, 0x01)]
    told = oncedesk("idcard", "read", "--port", reader.path, "--newest", "--json")
    assert told.document == plain.document | {"newest_address": "样本街1号", "old_number": None}


def test_the_old_number_of_a_foreigner_comes_with_it(oncedesk: Command, reader: SimulatedCardReader) -> None:
    reader.lay(dataclasses.replace(FOREIGNER, old_number="SAU320185010125"))
    assert oncedesk("idcard", "read", "--port", reader.path, "--newest", "--json").document["old_number"] == "SAU320185010125"


def test_the_photo_is_the_picture_where_a_library_decodes_it(
    oncedesk: Command, reader: SimulatedCardReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDIN_FOLDER", str(tmp_path))
    port = f"serial:{reader.path}?photo={build('GETBMP', tmp_path)}"
    reader.lay(MOTHER)
    for name in ("photo.bmp", "photo.wlt"):
        assert oncedesk("idcard", "read", "--port", port, "--photo", tmp_path / name).status == 0
    assert (tmp_path / "photo.bmp").read_bytes() == b"BM from a file"
    assert (tmp_path / "photo.wlt").read_bytes() == PHOTO
