"""Our snapshot in the province's words."""

import hashlib
import json
import tomllib
from pathlib import Path

from pydantic import BaseModel

from desktop.domain.snapshot import CaseSnapshot
from desktop.domain.terminal import Asking
from desktop.sync import platform_client, wire

PLATFORM = Path(__file__).parents[2] / "resources" / "platform" / "examples"


def snapshot() -> CaseSnapshot:
    return CaseSnapshot.model_validate({
        "case_uuid": "5f0c1f9e-8f3f-4d2e-9a40-6d8f2c1b7a10", "revision": 1, "case_number": "130529XS20261122003000013",
        "document_number": "巨一件事受〔2026〕0030000015号",
        "theme_id": "hebei-newborn", "theme_version": "2023", "theme_title": "新生儿出生“一件事一次办”",
        "region": "130529", "window": "3", "clerk": "chengying", "applicant_name": "林晓月",
        "applicant_number": "130529199503150020", "applicant_phone": "13900000000",
        "accepted_at": "2026-11-22T10:30:00+08:00", "due_date": "2026-11-30",
        "answers": [{"key": "newborn_name", "label": "新生儿姓名", "value": "陈一禾", "source": "hand"},
                    {"key": "newborn_birth_date", "label": "出生日期", "value": "2026-11-10", "source": "recognised"},
                    {"key": "newborn_sex", "label": "性别", "value": "男", "source": "recognised"}],
        "matters": [{"id": "m_birth_cert", "name": "《出生医学证明》签发", "department": "卫生健康部门",
                     "prerequisites": []},
                    {"id": "m_hukou", "name": "户口登记", "department": "公安部门", "prerequisites": ["m_birth_cert"]}],
        "evidence": [{"evidence_id": "e-1", "slot": "marriage_certificate", "materials": ["mat_2"],
                      "sha256": hashlib.sha256(b"example page").hexdigest(), "size": 12, "media_type": "image/jpeg"}],
        "signed_digest": hashlib.sha256(b"example sheet").hexdigest(), "demo": True})


def test_the_message_is_the_example_of_the_contract_byte_for_byte() -> None:
    example = json.loads((PLATFORM / "announce.request.json").read_text("utf-8"))
    assert wire.message(snapshot()).body == wire.canonical(example)


def test_a_snapshot_from_before_there_was_a_document_number_in_it_is_the_message_it_was() -> None:
    example = json.loads((PLATFORM / "announce_1.request.json").read_text("utf-8"))
    kept = snapshot().model_dump(mode="json", exclude={"document_number"}) | {"case_number": "130529XS20261122000017", "window": "03"}
    assert wire.message(CaseSnapshot.model_validate_json(json.dumps(kept))).body == wire.canonical(example)


def test_the_sign_on_is_the_example_of_the_contract_byte_for_byte() -> None:
    example = json.loads((PLATFORM / "sign_on.request.json").read_text("utf-8"))
    assert wire.sign_on(Asking(**example)) == wire.canonical(example)


def test_the_same_snapshot_is_the_same_bytes_after_a_trip_through_the_store() -> None:
    again = CaseSnapshot.model_validate_json(snapshot().model_dump_json())
    assert wire.message(again).sha256 == wire.message(snapshot()).sha256


def test_every_example_answer_of_the_contract_is_understood() -> None:
    models: dict[str, type[BaseModel]] = {
        "announce.answer": wire.Announced, "complete.answer": wire.Receipt, "health.answer": wire.Health,
        "query.answer": wire.CaseState, "evidence.answer": wire.EvidenceState, "sign_on.answer": wire.SignedOn,
        "cloned.problem": wire.ProblemAnswer, "number_taken.problem": wire.ProblemAnswer,
        "refused.problem": wire.ProblemAnswer, "offset.problem": wire.ProblemAnswer}
    for name, model in models.items():
        model.model_validate_json((PLATFORM / f"{name}.json").read_bytes())
    page = wire.Progress.model_validate_json((PLATFORM / "progress.answer.json").read_bytes())
    assert all(wire.event(one) for one in page.events)


def test_every_code_a_person_may_meet_has_its_words() -> None:
    wording = tomllib.loads((PLATFORM.parents[1] / "wording.toml").read_text("utf-8"))
    for code in [*platform_client.CODES, "platform.broken"]:
        assert wording[code]["say"], code
        assert wording[code]["do"], code
