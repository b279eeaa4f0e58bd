"""Who this PC is: what its file keeps through lost answers, copies and breakage."""

from pathlib import Path

import pytest

from db.faults import StoreFault
from desktop.station import identity


def test_the_installation_stays_the_same_and_each_sign_on_has_a_question_of_its_own(tmp_path: Path) -> None:
    first = identity.asking(tmp_path)
    assert identity.asking(tmp_path) == first
    identity.signed_on(tmp_path, first.asked, "t1")
    second = identity.asking(tmp_path)
    assert (second.installation_id, second.ticket) == (first.installation_id, "t1")
    assert second.asked != first.asked


def test_an_answer_that_comes_late_does_not_bring_an_old_ticket_back(tmp_path: Path) -> None:
    late = identity.asking(tmp_path).asked
    identity.signed_on(tmp_path, late, "t1")
    identity.signed_on(tmp_path, identity.asking(tmp_path).asked, "t2")
    assert identity.signed_on(tmp_path, late, "t1").ticket == "t2"


def test_a_refusal_is_kept_and_the_same_question_is_asked_again(tmp_path: Path) -> None:
    asked = identity.asking(tmp_path).asked
    identity.refused(tmp_path, "platform.cloned", "T-1 130529 003")
    kept = identity.read_identity(tmp_path)
    assert kept is not None
    assert (kept.asked, kept.refused, kept.refused_as) == (asked, "platform.cloned", "T-1 130529 003")
    assert identity.signed_on(tmp_path, asked, "t1").refused == ""


def test_another_installation_has_no_ticket_and_its_refusal_stands(tmp_path: Path) -> None:
    before = identity.asking(tmp_path)
    identity.signed_on(tmp_path, before.asked, "t1")
    identity.refused(tmp_path, "platform.cloned", "T-1 130529 003")
    after = identity.renewed(tmp_path)
    assert after.installation_id != before.installation_id
    assert (after.ticket, after.asked, after.refused) == ("", "", "platform.cloned")


def test_a_broken_file_is_said_and_gives_way_to_another_installation(tmp_path: Path) -> None:
    (tmp_path / identity.FILE).write_text("{")
    with pytest.raises(StoreFault, match=r"station\.broken"):
        identity.identity_of(tmp_path)
    assert identity.renewed(tmp_path) == identity.identity_of(tmp_path)
