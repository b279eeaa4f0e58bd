"""The stand-in against resources/platform: the same paths, the same words, the same refusals."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from . import messages
from .app import Province, create_app
from .conftest import CONTRACT, Visitor, example
from .process import Sandbox

METHODS = {"get", "put", "post", "patch", "head"}


def test_the_stand_in_offers_exactly_the_paths_of_the_contract(tmp_path: Path) -> None:
    province = Province(tmp_path, 0, "token", lambda _: None)
    offered = create_app(province).openapi()["paths"]
    province.ledger.close()
    assert ({path: METHODS & set(said) for path, said in offered.items()}
            == {path: METHODS & set(said) for path, said in CONTRACT["paths"].items()})


@pytest.mark.parametrize(("schema", "model"), [
    ("CaseMessage", messages.CaseMessage), ("Announced", messages.Announced), ("EvidenceState", messages.EvidenceState),
    ("Complete", messages.Complete), ("Receipt", messages.Receipt), ("CaseState", messages.CaseState),
    ("SignOn", messages.SignOn), ("SignedOn", messages.SignedOn),
    ("Health", messages.Health), ("Progress", messages.Progress), ("ProgressEvent", messages.ProgressEvent)])
def test_the_stand_in_speaks_with_the_members_of_the_contract(schema: str, model: type[messages.CaseMessage]) -> None:
    written = CONTRACT["components"]["schemas"][schema]
    assert set(model.model_fields) == set(written["properties"])
    needed = {name for name, field in model.model_fields.items() if field.is_required()}
    assert needed <= set(written["required"])


@pytest.mark.parametrize(("name", "model"), [
    ("announce.request", messages.CaseMessage), ("announce_1.request", messages.CaseMessage), ("announce.answer", messages.Announced),
    ("sign_on.request", messages.SignOn), ("sign_on.answer", messages.SignedOn),
    ("evidence.answer", messages.EvidenceState), ("complete.request", messages.Complete),
    ("complete.answer", messages.Receipt), ("query.answer", messages.CaseState),
    ("health.answer", messages.Health), ("progress.answer", messages.Progress)])
def test_the_examples_are_what_the_stand_in_understands(name: str, model: type[messages.CaseMessage]) -> None:
    model.model_validate(example(name))


def test_every_refusal_of_the_contract_is_named_in_its_list(visitor: Visitor) -> None:
    codes = CONTRACT["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    answer = visitor.http.get(visitor.case)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] in codes


def test_a_case_with_missing_evidence_gets_no_receipt(visitor: Visitor) -> None:
    announced = visitor.announce()
    assert (announced.status_code, announced.json()["missing"]) == (201, [visitor.body["evidence"][0]["sha256"]])

    refused = visitor.complete()

    assert (refused.status_code, refused.json()["code"]) == (409, "evidence_missing")
    assert visitor.http.get(visitor.case).json()["revisions"][0]["receipt"] is None


def test_half_a_piece_is_no_piece(visitor: Visitor) -> None:
    visitor.announce()
    visitor.append(0, visitor.page[:100])
    assert visitor.complete().json()["code"] == "evidence_missing"


def test_repeating_every_step_gives_the_same_receipt(visitor: Visitor) -> None:
    assert [visitor.announce().status_code for _ in range(2)] == [201, 200]
    assert [visitor.http.put(visitor.evidence, content=visitor.page).json()["complete"] for _ in range(2)] == [True, True]
    first, second = visitor.complete(), visitor.complete()
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert first.json()["body_sha256"] == hashlib.sha256(visitor.raw).hexdigest()


def test_the_same_key_or_revision_with_another_body_is_refused_loudly(visitor: Visitor) -> None:
    visitor.announce()
    assert visitor.announce(visitor.raw + b" ").json()["code"] == "idempotency_mismatch"
    assert visitor.announce(key="another-key-1").json()["code"] == "idempotency_mismatch"
    visitor.body["revision"] = 2
    assert visitor.announce().json()["code"] == "idempotency_mismatch"


def test_an_older_revision_after_a_newer_one_was_accepted_is_refused(visitor: Visitor) -> None:
    visitor.body["revision"] = 2
    visitor.announce()
    visitor.http.put(visitor.evidence, content=visitor.page)
    visitor.complete()
    visitor.body["revision"] = 1
    assert visitor.announce(key="older-revision").json()["code"] == "revision_superseded"


def test_eight_terminals_at_once_with_the_same_case_leave_one(visitor: Visitor, province: Sandbox) -> None:
    with ThreadPoolExecutor(8) as pool:
        codes = sorted(answer.status_code for answer in pool.map(lambda _: visitor.announce(), range(8)))
    assert codes == [200] * 7 + [201]
    assert len([one for one in province.cases()["cases"] if one["case_uuid"] == visitor.body["case_uuid"]]) == 1


def test_bytes_go_only_where_the_province_is_and_it_says_where(visitor: Visitor) -> None:
    visitor.announce()
    visitor.append(0, visitor.page[:1000])
    wrong = visitor.append(500, visitor.page[500:])
    assert (wrong.status_code, wrong.json()["offset"], wrong.headers["Upload-Offset"]) == (409, 1000, "1000")
    place = visitor.http.head(visitor.evidence).headers
    assert (place["Upload-Offset"], place["Upload-Length"], place["Upload-Complete"]) == ("1000", "16000", "?0")
    assert visitor.append(1000, visitor.page[1000:]).json()["complete"] is True


def test_other_bytes_than_announced_are_thrown_away(visitor: Visitor) -> None:
    visitor.announce()
    assert visitor.http.put(visitor.evidence, content=b"x" * len(visitor.page)).json()["code"] == "digest_mismatch"
    assert visitor.http.put(visitor.evidence, content=visitor.page + b"x").json()["code"] == "digest_mismatch"
    assert visitor.http.head(visitor.evidence).headers["Upload-Offset"] == "0"
    assert visitor.http.put(visitor.evidence, content=b"x" * (2 << 20)).json()["code"] == "too_large"


def test_evidence_nobody_announced_is_not_taken(visitor: Visitor) -> None:
    assert visitor.http.put(visitor.evidence, content=visitor.page).json()["code"] == "not_found"


def test_without_the_token_nothing_but_health_is_answered(visitor: Visitor) -> None:
    visitor.http.headers["Authorization"] = "Bearer guessed"
    assert visitor.announce().json()["code"] == "unauthorised"
    assert visitor.http.get("/v1/progress").status_code == 401
    assert visitor.http.get("/v1/health").json()["service"] == "oncedesk-platform"


def test_a_refused_revision_stays_refused_and_a_corrected_one_is_accepted(visitor: Visitor, province: Sandbox) -> None:
    visitor.announce()
    visitor.http.put(visitor.evidence, content=visitor.page)
    province.switch(refuse={"reason_code": "photo", "reason": "看不清"})
    assert (visitor.complete().status_code, visitor.complete().json()["reason"]) == (422, "看不清")
    province.switch()
    assert visitor.complete().json()["code"] == "case_refused"
    visitor.body["revision"], visitor.key = 2, "second-revision"
    assert visitor.announce().json()["missing"] == []
    assert visitor.complete().status_code == 201


def test_killed_between_the_last_byte_and_the_digest_it_verifies_when_asked_again(
        visitor: Visitor, province: Sandbox) -> None:
    visitor.announce()
    visitor.append(0, visitor.page[:8000])
    province.kill()
    part = province.data / "evidence" / visitor.body["case_uuid"] / f"{visitor.body['evidence'][0]['sha256']}.part"
    part.write_bytes(visitor.page)   # as if killed right after the last write
    province.start()
    assert visitor.complete().json()["code"] == "evidence_missing"
    assert visitor.append(len(visitor.page), b"").json()["complete"] is True
    assert visitor.complete().status_code == 201


def test_a_page_of_progress_is_cut_where_asked_and_goes_on_at_its_cursor(visitor: Visitor) -> None:
    visitor.announce()
    visitor.http.put(visitor.evidence, content=visitor.page)
    visitor.complete()
    cursor = ""
    seen: list[dict[str, object]] = []
    for more in (True, True, False):
        page = visitor.http.get("/v1/progress", params={"limit": "2"} | ({"after": cursor} if cursor else {})).json()
        assert page["more"] is more
        cursor, seen = page["next"], [*seen, *page["events"]]
    assert [event["sequence"] for event in seen] == [1, 2, 3, 4, 5, 6]
    assert [event["state"] for event in seen if event["matter_id"] == "m_hukou"] == ["acknowledged", "in_progress", "done"]
    assert visitor.http.get("/v1/progress", params={"after": "not-ours"}).status_code == 400
