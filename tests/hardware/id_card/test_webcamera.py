"""The local service's card reader over HTTP: its answers as documented, in both builds, and what else may come."""

import base64
import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from hardware.faults import FaultCode
from hardware.id_card.webcamera_http import WebCameraReader
from hardware.registry import open_reader
from hardware.simulated.people import DECEASED, FATHER, FOREIGNER, MOTHER
from tests.hardware.faulty import code_of
from tests.hardware.id_card.card_service import PICTURE, CardService


@pytest.fixture(params=["older", "newer"])
def service(request: pytest.FixtureRequest) -> Iterator[CardService]:
    service = CardService(newer=request.param == "newer")
    yield service
    service.stop()


@pytest.fixture
def reader(service: CardService) -> Iterator[WebCameraReader]:
    reader = WebCameraReader("127.0.0.1", service.port)
    yield reader
    reader.close()


@pytest.mark.parametrize("card", [MOTHER, FATHER, DECEASED], ids=["mother", "father", "long term"])
def test_the_words_of_the_service_become_the_card_with_its_picture(service: CardService, reader: WebCameraReader, card: Any) -> None:
    service.lay(card)
    assert reader.read(1) == dataclasses.replace(card, photo=PICTURE)
    assert service.asked == [("card=idcard", {})]


def test_a_foreigner_s_card_is_known_by_its_letter(service: CardService, reader: WebCameraReader) -> None:
    service.lay(FOREIGNER)
    read = reader.read(1)
    assert (read.type, read.english_name, read.country) == ("foreigner_2023", FOREIGNER.english_name, "SAU")


def test_the_nation_may_come_as_its_name(service: CardService, reader: WebCameraReader) -> None:
    info = service_info(service) | {"nation": "维吾尔族", "sex": "1", "validEnd": "2038.11.02"}
    del info["nationCode"]
    service.answers["card=idcard"] = {"code": "0", "IDCardInfo": info}
    read = reader.read(1)
    assert (read.nation, read.sex, str(read.valid_to)) == ("05", "1", "2038-11-02")


def test_another_build_s_field_names_and_path_stand_in_the_address(service: CardService) -> None:
    info = service_info(service)
    info["idNum"] = info.pop("cardID")
    service.answers["card=idcard2"] = {"code": 0, "IDCardInfo": info}
    reader = open_reader(f"webcamera://127.0.0.1:{service.port}?path=card%3Didcard2&number=idNum")
    assert reader.read(1).number == MOTHER.number
    reader.close()


@pytest.mark.parametrize("picture", ["???", "", "data:image/jpeg;base64," + base64.b64encode(PICTURE).decode()])
def test_a_picture_that_cannot_be_read_does_not_cost_the_card(service: CardService, reader: WebCameraReader, picture: str) -> None:
    service.answers["card=idcard"] = {"code": "0", "IDCardInfo": service_info(service) | {"photoBase64": picture}}
    assert reader.read(1).photo == (PICTURE if picture.startswith("data") else b"")


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", {"code": "0"}, {"code": "0", "IDCardInfo": []}, {"code": "0", "IDCardInfo": {}}])
def test_an_answer_that_is_no_card_is_a_bad_answer(service: CardService, reader: WebCameraReader, answer: Any) -> None:
    service.answers["card=idcard"] = answer
    assert code_of(reader.read, 0.2) is FaultCode.BAD_ANSWER


def test_without_the_service_it_is_not_connected() -> None:
    reader = WebCameraReader("127.0.0.1", 9)
    assert code_of(reader.read, 1) is FaultCode.NOT_CONNECTED
    assert code_of(reader.serial_number) is FaultCode.NOT_CONNECTED


def service_info(service: CardService) -> dict[str, Any]:
    service.lay(MOTHER)
    info: dict[str, Any] = service.told("card=idcard")["IDCardInfo"]
    service.lift()
    return info
