"""A card on the reader becomes answers."""

import json
from dataclasses import asdict

from db import attachments, cases, evidence, journal
from db.records import EvidenceRecord, FactRecord
from desktop.domain.prefill import Role, facts_from_card
from desktop.flows import fill
from desktop.flows.case_file import CaseFile
from desktop.flows.desk import Desk
from desktop.flows.views import CaseView, Session
from hardware.readings import IdCard

CHIP_SLOT = "id_card_chip."


class ReadCard:
    """Read an identity card into a case."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def read(self, session: Session, case_uuid: str, role: Role | None = None,
             timeout: float = 10.0) -> tuple[CaseView, Role]:
        """Read one card; role None = the card decides. Raises DeviceFault, WhoseCard."""
        desk = self._desk
        with desk.devices.reader.use() as reader:
            card = reader.read(timeout)
        fields = as_fields(card)
        chip = json.dumps({**fields, "photo_wlt": card.photo_wlt.hex()}, ensure_ascii=False).encode()
        safe = attachments.put(desk.store, chip)
        now, evidence_id = desk.clock(), desk.new_id()
        with desk.store.transaction() as tx:
            file = fill.open_draft(desk, tx, case_uuid)
            person = role or _whose(card, file)
            # The same person's card once more takes the earlier read's place.
            replaced = [old.evidence_id for old in file.evidence if old.slot == CHIP_SLOT + person]
            for old in replaced:
                evidence.supersede(tx, old)
            evidence.add(tx, EvidenceRecord(
                evidence_id=evidence_id, case_uuid=case_uuid, slot=CHIP_SLOT + person, doc_type="other", sha256=safe.sha256,
                size=safe.size, media_type="application/json", at=now, by=session.user_id), safe)
            cases.add_facts(tx, case_uuid, (
                FactRecord(name=fact.name, value=fact.value, confidence=fact.confidence, evidence_id=evidence_id, box=None, at=now)
                for fact in facts_from_card(fields, person)))
            fill.doubt_again(desk, tx, file)
            cases.undo_push(tx, case_uuid, fill.evidence_step([evidence_id], replaced))
            journal.append(tx, now, session.user_id, "card.read", case_uuid, {"role": person, "type": card.type})
            return fill.saved(desk, tx, case_uuid), person


def as_fields(card: IdCard) -> dict[str, str]:
    """A card as text: dates ISO 8601, 长期 for a card without end, nothing for what it does not hold."""
    plain = {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in asdict(card).items()
             if key not in {"photo", "photo_wlt", "long_term"} and value is not None}
    if card.long_term:
        plain["valid_to"] = "长期"
    return plain


class WhoseCard(Exception):
    """The card does not tell whose it is in this case: the clerk must say."""

    code = "card.whose"


def _whose(card: IdCard, file: CaseFile) -> Role:
    found = file.whose(card.name, card.number, card.sex)
    if found is None:
        raise WhoseCard
    return found
