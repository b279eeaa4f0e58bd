"""Sign-on and numbers in the stand-in: who is told that it is not who it says, and which number is another case's."""

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from .conftest import CONTRACT, Visitor, another_number
from .process import TOKEN, Sandbox

CODES = itertools.count(100)
"""Window codes that no other test here uses."""


@dataclass
class Pc:
    """A PC that signs on over plain HTTP and keeps its ticket."""

    http: httpx.Client
    said: dict[str, Any]
    ticket: str = ""
    asked: str = field(default_factory=lambda: str(uuid.uuid4()))

    def copy(self, **said: Any) -> "Pc":
        return Pc(self.http, self.said | said, self.ticket)

    def ask(self, **said: Any) -> httpx.Response:
        message = self.said | {"ticket": self.ticket, "asked": self.asked} | said
        return self.http.post("/v1/terminals/sign-on", json=message, headers={"Terminal-Id": message["terminal_id"]})

    def sign_on(self, **said: Any) -> str:
        """The refusal's code, "" when there is none; then the answer came and its ticket is kept."""
        answer = self.ask(**said)
        if answer.status_code == 200:
            self.ticket, self.asked = answer.json()["ticket"], str(uuid.uuid4())
            return ""
        assert answer.status_code == 409
        code = str(answer.json()["code"])
        assert code in CONTRACT["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
        return code


def said(**changes: Any) -> dict[str, Any]:
    return {"terminal_id": f"T-{uuid.uuid4()}", "installation_id": str(uuid.uuid4()), "window_code": str(next(CODES)), "region": "130529",
            "store_id": str(uuid.uuid4()), "journal_count": 10, "journal_head": "a" * 64, "restored_at": None,
            "program_version": "0.1.0"} | changes


@pytest.fixture
def pc(province: Sandbox) -> Iterator[Pc]:
    province.switch()
    with httpx.Client(base_url=province.url, trust_env=False, headers={"Authorization": f"Bearer {TOKEN}"}) as http:
        yield Pc(http, said())


def test_a_new_terminal_signs_on_and_gets_another_ticket_each_time(pc: Pc) -> None:
    tickets = []
    for _ in range(3):
        assert pc.sign_on() == ""
        tickets.append(pc.ticket)
    assert len({*tickets, ""}) == 4


def test_asked_again_after_a_lost_answer_the_same_ticket_comes_again(pc: Pc) -> None:
    pc.sign_on()
    first, again = pc.ask(), pc.ask(journal_count=12)
    assert first.json()["ticket"] == again.json()["ticket"]
    pc.ticket, pc.asked = again.json()["ticket"], str(uuid.uuid4())
    assert pc.sign_on(journal_count=12) == ""


def test_of_a_disk_and_its_copy_the_second_to_sign_on_is_told_and_stays_told(pc: Pc) -> None:
    pc.sign_on()
    copy = pc.copy()
    assert copy.sign_on() == ""
    assert [pc.sign_on() for _ in range(2)] == ["terminal_cloned"] * 2
    assert copy.sign_on() == ""


def test_a_copy_of_a_disk_that_never_signed_on_is_found_also_under_another_terminal_and_window(pc: Pc) -> None:
    copy = pc.copy(terminal_id=f"T-{uuid.uuid4()}", window_code=str(next(CODES)))
    assert copy.sign_on() == ""
    assert pc.sign_on() == "terminal_cloned"


def test_copies_that_ask_with_the_same_lost_question_are_told_apart_at_the_next_one(pc: Pc) -> None:
    copy = pc.copy()
    copy.asked = pc.asked
    assert [pc.sign_on(), copy.sign_on()] == ["", ""]
    assert sorted([pc.sign_on(), copy.sign_on()]) == ["", "terminal_cloned"]


def test_another_installation_gets_no_terminal_that_is_taken_until_an_administrator_gives_it(pc: Pc, province: Sandbox) -> None:
    pc.sign_on()
    other = pc.copy(installation_id=str(uuid.uuid4()), store_id=str(uuid.uuid4()))
    other.ticket = ""
    assert other.sign_on() == "terminal_taken"
    province.take_over(pc.said["terminal_id"], other.said["installation_id"])
    assert other.sign_on() == ""
    assert pc.sign_on() == "terminal_taken"


def test_two_terminals_of_a_region_never_have_the_same_window_code(pc: Pc) -> None:
    pc.sign_on()
    other = Pc(pc.http, said(window_code=pc.said["window_code"]))
    assert other.sign_on() == "window_code_taken"
    assert other.sign_on(region="130528") == ""
    assert other.sign_on(window_code=str(next(CODES))) == ""


def test_a_window_may_get_another_terminal_id_and_keep_its_code(pc: Pc) -> None:
    pc.sign_on()
    assert pc.sign_on(terminal_id=f"T-{uuid.uuid4()}") == ""


def test_a_store_that_lost_rows_is_told_unless_it_was_restored_since(pc: Pc) -> None:
    pc.sign_on(journal_count=20)
    assert pc.sign_on(journal_count=19) == "store_behind"
    assert pc.sign_on(journal_count=20, journal_head="b" * 64) == "store_behind"
    assert pc.sign_on(journal_count=5, restored_at="2026-11-23T09:00:00+08:00") == ""
    assert pc.sign_on(journal_count=4, restored_at="2026-11-23T09:00:00+08:00") == "store_behind"
    assert pc.sign_on(journal_count=6, restored_at="2026-11-23T09:00:00+08:00") == ""
    assert pc.sign_on(journal_count=5, restored_at="2026-11-23T10:00:00+08:00") == ""


def test_a_refusal_changes_nothing_and_may_be_settled_while_the_same_question_is_asked(pc: Pc) -> None:
    pc.sign_on(journal_count=20)
    assert [pc.sign_on(journal_count=19) for _ in range(3)] == ["store_behind"] * 3
    assert pc.sign_on(journal_count=21) == ""


def test_a_restart_of_the_province_forgets_no_terminal(pc: Pc, province: Sandbox) -> None:
    pc.sign_on()
    copy = pc.copy()
    pc.sign_on()
    province.kill()
    province.start()
    assert copy.sign_on() == "terminal_cloned"


def test_body_and_header_must_speak_of_the_same_terminal(pc: Pc) -> None:
    answer = pc.http.post("/v1/terminals/sign-on", json=pc.said | {"ticket": "", "asked": pc.asked}, headers={"Terminal-Id": "other"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("member", ["case_number", "document_number"])
def test_a_number_of_one_case_is_refused_under_another_and_nothing_of_that_one_is_kept(visitor: Visitor, member: str) -> None:
    visitor.announce()
    number = visitor.body[member]
    visitor.body |= {"case_uuid": str(uuid.uuid4()), **another_number(), member: number}
    visitor.key = str(uuid.uuid4())

    refused = visitor.announce()

    assert (refused.status_code, refused.json()["code"], refused.json()["detail"]) == (409, "number_taken", member)
    assert visitor.http.get(visitor.case).status_code == 404
    visitor.body |= {"revision": 2, **another_number()}
    visitor.key = str(uuid.uuid4())
    assert visitor.announce().status_code == 201


def test_a_case_keeps_its_numbers_through_its_revisions(visitor: Visitor) -> None:
    visitor.announce()
    visitor.body["revision"], visitor.key = 2, str(uuid.uuid4())
    assert visitor.announce().status_code == 201


def test_the_first_format_has_no_document_number_and_the_second_has_one(visitor: Visitor) -> None:
    visitor.body["format"] = "oncedesk.case/1"
    assert visitor.announce().json()["code"] == "malformed"
    number = visitor.body.pop("document_number")
    assert visitor.announce().status_code == 201
    visitor.body |= {"case_uuid": str(uuid.uuid4()), **another_number(), "format": "oncedesk.case/2"}
    visitor.key = str(uuid.uuid4())
    del visitor.body["document_number"]
    assert visitor.announce().json()["code"] == "malformed"
    visitor.body["document_number"] = number
    assert visitor.announce().status_code == 201
