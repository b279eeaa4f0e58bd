"""Five counters of one county through the real flows: their papers never show the same number, and a copied PC is stopped.

A thousand acceptances, without the papers: tests/journeys/test_county.py.
"""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from db import attachments, cases, evidence, numbers
from db.store import Store
from desktop.app import Workplace, open_workplace
from desktop.domain.terminal import TerminalStopped
from desktop.flows.views import Accepted, Session
from desktop.settings import Settings
from desktop.station import identity
from desktop.sync.platform_client import PlatformError
from tests.flows.conftest import Counter
from tests.homes import NOW, SIGNATURE, sign
from tests.sandbox.process import TOKEN, Sandbox

CODES = ("001", "003", "012", "205", "999")
EACH = 5


@pytest.fixture
def province(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path / "province", delay=10_000) as started:
        yield started


def _settings(home: Path, code: str, url: str) -> Settings:
    return Settings(home=home, demo=True, keyring=False, window=str(int(code)), window_code=code, platform_url=url,
                    terminal_id=f"terminal-{code}", terminal_token=TOKEN)


def _began(place: Workplace) -> Session:
    admin = place.flows.sign_in.add_user(None, "admin", "管理员", "administrator", "708152")
    return place.flows.sign_in.add_user(admin, "wang", "王秀兰", "clerk", "246810")


def _family(place: Workplace, clerk: Session, like: tuple[Store, str]) -> str:
    """Another family with the same answers and pages as that case, which has signed; its case's uuid."""
    store, case = like
    uuid_ = str(uuid.uuid4())
    with store.reading() as tx:
        record, facts, answers = cases.get(tx, case), cases.facts(tx, case), cases.answers(tx, case)
        confirmed = cases.confirmed(tx, case)
        # Stand-ins for the pictures: reading and copying pages is tested where it is done, and takes most of an acceptance's time.
        pages = [(piece, attachments.get(tx, piece.sha256) if piece.media_type == "application/json" else _page(piece.slot))
                 for piece in evidence.for_case(tx, case)]
    ids = {piece.evidence_id: str(uuid.uuid4()) for piece, _ in pages}
    kept = [attachments.put(place.desk.store, page) for _, page in pages]
    with place.desk.store.transaction() as tx:
        cases.create(tx, replace(record, case_uuid=uuid_, created_by=clerk.user_id))
        for (piece, _), stored in zip(pages, kept, strict=True):
            own = replace(piece, case_uuid=uuid_, evidence_id=ids[piece.evidence_id], sha256=stored.sha256, size=stored.size)
            evidence.add(tx, own, stored)
        cases.add_facts(tx, uuid_, [replace(fact, evidence_id=ids.get(fact.evidence_id or "")) for fact in facts])
        cases.put_answers(tx, uuid_, [replace(answer, evidence_id=ids.get(answer.evidence_id or "")) for answer in answers])
        for key in confirmed:
            cases.confirm(tx, uuid_, key)
    sign(place.flows, clerk, uuid_)
    return uuid_


def _page(slot: str) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + SIGNATURE + slot.encode()


def _sync(place: Workplace) -> str:
    """What a connection ends with; "" when all that waited is sent."""
    assert place.loop is not None
    assert place.sender is not None
    try:
        place.loop.connect()
    except PlatformError as error:
        return error.code
    return place.sender.round().halted


@pytest.mark.timeout(400)
def test_five_counters_with_and_without_a_line_give_out_no_number_twice(ready: Counter, province: Sandbox, tmp_path: Path) -> None:
    given: list[Accepted] = []
    like = ready.place.desk.store, ready.case
    with ExitStack() as opened:
        places = [opened.enter_context(open_workplace(_settings(tmp_path / code, code, province.url), clock=lambda: NOW, begin=True))
                  for code in CODES]
        clerks = [_began(place) for place in places]
        for turn in range(EACH):
            for number, (place, clerk) in enumerate(zip(places, clerks, strict=True)):
                given.append(place.flows.accept.accept(clerk, _family(place, clerk, like)))
                if (turn + number) % 3 == 0:            # the others stay offline until the end
                    assert _sync(place) == ""
        assert [_sync(place) for place in places] == [""] * len(CODES)
        pills = [place.flows.follow.pill() for place in places]
    assert len({one.case_number for one in given}) == len({one.document_number for one in given}) == len(CODES) * EACH
    assert all(numbers.is_case_number(one.case_number) for one in given)
    assert [(pill.waiting, pill.refused) for pill in pills] == [(0, 0)] * len(CODES)
    assert {case["case_number"] for case in province.cases()["cases"]} == {one.case_number for one in given}


@pytest.mark.timeout(400)
def test_a_copied_pc_is_stopped_at_its_next_sign_on_and_stays_so_until_two_administrators_settled_it(
        ready: Counter, province: Sandbox, tmp_path: Path) -> None:
    home, copy = tmp_path / "window", tmp_path / "copy"
    like = ready.place.desk.store, ready.case
    with open_workplace(_settings(home, "003", province.url), clock=lambda: NOW, begin=True) as place:
        _began(place)
        assert _sync(place) == ""
    shutil.copytree(home, copy)

    with (open_workplace(_settings(home, "003", province.url), clock=lambda: NOW) as first,
          open_workplace(_settings(copy, "003", province.url), clock=lambda: NOW) as second):
        clerk = first.flows.sign_in.enter("wang", "246810")
        families = [_family(place, clerk, like) for place in (first, second)]
        assert [_sync(first), _sync(second)] == ["", "platform.cloned"]
        number = first.flows.accept.accept(clerk, families[0]).case_number
        with pytest.raises(TerminalStopped):
            second.flows.accept.accept(clerk, families[1])
        assert _sync(first) == ""
    province.stop()
    with open_workplace(_settings(copy, "003", province.url), clock=lambda: NOW) as second:     # started anew, offline
        assert _sync(second) == "platform.unreachable"
        with pytest.raises(TerminalStopped) as stopped:
            second.flows.accept.accept(clerk, families[1])
        assert stopped.value.code == "platform.cloned"
    province.start()

    # It becomes a window of its own: another installation, terminal and window code.
    with open_workplace(_settings(copy, "012", province.url), clock=lambda: NOW) as second:
        second.terminal.renew("administrator")
        other = second.flows.accept.accept(clerk, families[1]).case_number
        assert (other != number, _sync(second)) == (True, "")
    # Or the copy is the one that stays: the province gives it the terminal, and the other one is stopped.
    province.take_over("terminal-003", identity.identity_of(copy).installation_id)
    with open_workplace(_settings(home, "003", province.url), clock=lambda: NOW) as first:
        assert _sync(first) == "platform.terminal_taken"
        with pytest.raises(TerminalStopped):
            first.flows.accept.accept(clerk, _family(first, clerk, like))
    assert {case["case_number"] for case in province.cases()["cases"]} == {number, other}
