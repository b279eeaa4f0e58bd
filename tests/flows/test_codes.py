"""Codes at the counter: one on a phone is offered where it fits, else only shown; a certificate's own is held against its print."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.flows.views import CaseView, QuestionView
from hardware.simulated.people import FATHER, MOTHER
from tests.flows.conftest import Counter
from tests.specimens.certificates import birth_certificate
from tests.specimens.papers import finished
from tests.specimens.people import counties, invented_birth
from tests.specimens.scenes import Pose, jpeg, view
from tests.specimens.sheet import Sheet

ASKS = "hunan-yuanling-newborn"
"""A pack that asks for the certificate's number."""


@pytest.fixture
def waiting(fresh: Counter) -> Counter:
    """A family whose certificate was issued elsewhere."""
    return replace(fresh, case=fresh.flows.greet.start(fresh.clerk, ASKS).case_uuid)


def _number(shown: CaseView) -> QuestionView:
    return next(question for question in shown.questions if question.key == "newborn_birth_cert_no")


def _phone(folder: Path, words: str) -> Path:
    sheet = Sheet(70, 150, 8, (250, 250, 250), random.Random("phone"))
    sheet.qr_code(12, 40, 46, words)
    path = folder / "phone.jpg"
    path.write_bytes(jpeg(view([(finished(sheet, "other", 8), Pose(160, 120, 5))], random.Random(1), desk="grey")))
    return path


def test_a_code_nobody_knows_is_shown_and_fills_nothing(waiting: Counter, tmp_path: Path) -> None:
    before = waiting.view()
    taken = waiting.flows.capture_page.import_file(waiting.clerk, waiting.case, _phone(tmp_path, "https://example.invalid/q"))
    assert [(page.code, page.fields, page.evidence_id) for page in taken.pages if page.code] == [("https://example.invalid/q", 0, "")]
    assert _number(taken.view) == _number(before)
    assert taken.view.fields_automatic == before.fields_automatic


def test_a_code_that_names_a_person_leaves_the_flow_masked(waiting: Counter, tmp_path: Path) -> None:
    path = _phone(tmp_path, f"姓名:{MOTHER.name} 身份证:{MOTHER.number}")
    (shown,) = [page.code for page in waiting.flows.capture_page.import_file(waiting.clerk, waiting.case, path).pages if page.code]
    assert shown == "…130529********0028…"


def test_a_code_with_a_certificate_number_is_offered_where_one_is_asked_and_still_missing(waiting: Counter, tmp_path: Path) -> None:
    flows = waiting.flows
    taken = flows.capture_page.import_file(waiting.clerk, waiting.case, _phone(tmp_path, "X430101001"))
    (page,) = [page for page in taken.pages if page.code]
    assert page.fields == 1
    assert (_number(taken.view).value, _number(taken.view).source) == ("X430101001", "recognised")
    assert min(flows.capture_page.page_image(page.evidence_id).shape[:2]) > 200, "the code itself, to be looked at"
    again = flows.capture_page.import_file(waiting.clerk, waiting.case, _phone(tmp_path, "X430101002"))
    assert [page.fields for page in again.pages if page.code] == [0], "what is answered is not asked any more"
    assert _number(flows.fill.undo(waiting.clerk, waiting.case)).value == ""


def test_a_certificate_whose_code_says_otherwise_is_shown_with_both_numbers(waiting: Counter, tmp_path: Path) -> None:
    waiting.flows.fill.select_matter(waiting.clerk, waiting.case, "m_birth_cert", selected=False)
    fact = invented_birth(random.Random("certificate"), counties()[1500])
    drawn = (birth_certificate(MOTHER, FATHER, replace(fact, cert_no=f"X4301{n:05d}"), random.Random("paper")) for n in range(99))
    paper = next(one for one in drawn if not one.codes)
    corner = Sheet(30, 30, 8, (248, 241, 214), random.Random("corner"))
    corner.qr_code(6, 6, 18, "X999999999")
    picture = paper.image.copy()
    picture[40:280, 1700:1940] = finished(corner, "other").image
    scene = view([(replace(paper, image=picture), Pose(170, 127, 2))], random.Random(3), desk="dark", light=0.1, tilt=20)
    path = tmp_path / "certificate.jpg"
    path.write_bytes(jpeg(scene))
    taken = waiting.flows.capture_page.import_file(waiting.clerk, waiting.case, path)
    assert [(page.doc_type, page.slot) for page in taken.pages] == [("birth_certificate", "birth_certificate")]
    assert _number(taken.view).value == paper.fields["cert_no"]
    (problem,) = [one for one in taken.view.problems if one.key == "newborn_birth_cert_no" and one.sides]
    assert {side.origin: side.value for side in problem.sides} == {
        "paper:birth_certificate.cert_no": paper.fields["cert_no"], "code:birth_certificate.cert_no": "X999999999"}
    assert len({side.box for side in problem.sides}) == 2
