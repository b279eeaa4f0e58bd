"""A case of every theme that ships, from the greeting to the province: nothing of the flows knows what kind of family it is."""

import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from db import attachments, evidence, outbox
from db.records import EvidenceRecord
from desktop.domain.snapshot import CaseSnapshot
from desktop.flows.views import CaseView, FieldView, QuestionView
from desktop.sync.platform_client import PlatformClient
from desktop.sync.puller import Puller
from desktop.sync.sender import Sender
from hardware.readings import IdCard
from hardware.simulated import people
from tests.flows.conftest import Counter
from tests.homes import SIGNATURE
from tests.sandbox.process import TOKEN, Sandbox

ANY = {"text": "样本", "int": "1", "phone": "13800000000", "date": "2026-11-16", "datetime": "2026-11-16T08:26", "region": "130529",
       "bool": "true", "id_number": people.FATHER.number}
"""What a blank gets that no card fills and no family names, by its type."""


@dataclass(frozen=True)
class Family:
    """Who comes, and what they say that is not the first choice."""

    theme: str
    cards: tuple[tuple[IdCard, str], ...]
    """Cards in the order they are laid, and whose each is."""
    says: Mapping[str, str]
    applicant: IdCard


PARENTS = ((people.MOTHER, "mother"), (people.FATHER, "father"))
FAMILIES = (
    Family("hebei-newborn", PARENTS, {"applicant_role": "母亲", "settle_follow": "父亲", "newborn_birth_date": "2026-11-16",
                                      "newborn_name": "陈示安", "medins_grassroots_division_code": "130529101"}, people.MOTHER),
    Family("hebei-marriage", ((people.GROOM, "husband"), (people.BRIDE, "wife")),
           {"applicant_is": "女方", "close_kin": "false", "husband_born_on": "1998-04-12", "wife_born_on": "1999-09-01"}, people.BRIDE),
    Family("hebei-death", ((people.FATHER, "agent"), (people.DECEASED, "deceased")),
           {"death_kind": "正常死亡", "agent_bank_line_no": "102100099996", "agent_bank_account_no": "6222020200112233444"}, people.FATHER),
    Family("hunan-yuanling-newborn", PARENTS, {"applicant_role": "父亲", "settle_follow": "父亲", "newborn_birth_date": "2026-11-16",
                                               "situations": "以上情形都没有"}, people.FATHER),
    Family("zhejiang-newborn", PARENTS, {"applicant_role": "父亲", "settle_follow": "母亲"}, people.FATHER),
    Family("gansu-newborn", PARENTS, {"applicant_role": "母亲", "settle_follow": "父亲", "special_parents": "以上情况都没有"},
           people.MOTHER),
)


@pytest.fixture
def province(tmp_path: Path) -> Iterator[Sandbox]:
    """One for each test: all these windows have the code 003, and one county would refuse the second of a document number."""
    with Sandbox(tmp_path / "province", delay=0.03) as running:
        yield running


def _value(entry: FieldView | QuestionView, family: Family) -> str:
    return family.says.get(entry.key) or (entry.choices[0] if entry.choices else ANY[entry.type])


def _greet(counter: Counter, family: Family) -> CaseView:
    """Answer what is asked, and what the answers make asked."""
    view, answered = counter.view(), set[str]()
    while entry := next((one for one in view.questions if one.ask == "greeting" and one.key not in answered), None):
        answered.add(entry.key)
        if not entry.value or entry.key in family.says:
            view = counter.flows.fill.answer(counter.clerk, counter.case, entry.key, _value(entry, family))
    return view


def _lay(counter: Counter, slot: str) -> None:
    """A page as if it had been captured; how pages are read is tested where they are."""
    desk = counter.place.desk
    safe = attachments.put(desk.store, b"\x89PNG\r\n\x1a\n" + SIGNATURE + slot.encode())
    with desk.store.transaction() as tx:
        evidence.add(tx, EvidenceRecord(
            evidence_id=desk.new_id(), case_uuid=counter.case, slot=slot, doc_type=slot.partition(".")[0], sha256=safe.sha256,
            size=safe.size, media_type="image/png", at=desk.clock(), by=counter.clerk.user_id), safe)


def _fill(counter: Counter, family: Family) -> CaseView:
    """Type whatever is still required; what one answer opens comes in the next round."""
    for _ in range(6):
        view = counter.view()
        fields = [field for section in view.sections for field in section.fields if field.visible]
        wanted = [field for field in fields if field.required and not field.value and field.type != "image"]
        wanted += [field for field in fields if field.key in family.says and field.value != family.says[field.key]]
        for field in wanted:
            view = counter.flows.fill.answer(counter.clerk, counter.case, field.key, _value(field, family))
        if not wanted:
            break
    return view


def ready(counter: Counter, family: Family) -> Counter:
    """A case of this family that lacks nothing but the signature."""
    case = counter.flows.greet.start(counter.clerk, family.theme).case_uuid
    counter = replace(counter, case=case)
    _greet(counter, family)
    for card, role in family.cards:
        counter.simulated.lay_card(card)
        assert counter.flows.read_card.read(counter.clerk, case)[1] == role
        counter.simulated.lift_card()
    view = _greet(counter, family)
    for slot in {slot.slot for material in view.materials if material.required == "yes" for slot in material.slots
                 if slot.status != "captured"}:
        _lay(counter, slot)
    _fill(counter, family)
    return counter


@pytest.mark.parametrize("family", FAMILIES, ids=[family.theme for family in FAMILIES])
def test_a_case_goes_from_the_greeting_to_the_province_and_back(fresh: Counter, province: Sandbox, family: Family) -> None:
    counter = ready(fresh, family)
    view = counter.view()
    assert view.ready, [(problem.code, problem.key, problem.params) for problem in view.problems if problem.severity == "error"]
    counter.sign()
    number = counter.flows.accept.accept(counter.clerk, counter.case).case_number
    counter.flows.print_papers.receipt(counter.clerk, counter.case)
    assert number in counter.simulated.slips()[-1].text
    for path in counter.view().papers:
        assert counter.flows.print_papers.pdf(path).startswith(b"%PDF")
    desk = counter.place.desk
    with desk.store.reading() as tx:
        snapshot = CaseSnapshot.model_validate_json(outbox.rows(tx)[0].body)
    assert (snapshot.applicant_name, snapshot.applicant_number) == (family.applicant.name, family.applicant.number)
    assert snapshot.applicant_phone == "13800000000"
    chosen = [matter.matter_id for matter in view.matters if matter.selected and matter.left_out is None]
    assert [matter.id for matter in snapshot.matters] == chosen
    with closing(PlatformClient(province.url, f"terminal-{family.theme}", TOKEN)) as client:
        Sender(desk.store, client, counter.clock).round()
        assert counter.view().sync == "sent", counter.view().sync_note
        puller = Puller(desk.store, client, counter.clock, lambda theme_id, version: desk.packs.get(theme_id, version).fields)
        until = time.monotonic() + 20
        while counter.view().status != "finished" and time.monotonic() < until:
            puller.pull()
            time.sleep(0.05)
    finished = counter.view()
    assert finished.status == "finished", finished.matters
    assert {matter.matter_id for matter in finished.matters if matter.result_number} == set(chosen)
