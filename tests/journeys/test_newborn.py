"""Whole roads through the real window: one case from card to province, and the same with the power cut at every stage."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from desktop.app import open_workplace
from desktop.flows.views import Session
from desktop.settings import Settings
from tests.demo.play import STAGES
from tests.sandbox.process import Sandbox

pytestmark = [pytest.mark.journey, pytest.mark.timeout(400)]

ROOT = Path(__file__).parents[2]
CUTS = (("eligibility", "cards", "papers", "form"), ("applicant", "accept", "print", "progress", "day_end"))
"""Where the power goes: in one case before, in another one after the form is filled. Together every stage with a case in it."""


def _demo(out: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "tests.demo", "--out", str(out), *options], check=False, text=True, capture_output=True,
                          timeout=300, cwd=ROOT)


def test_one_case_goes_from_the_card_to_the_province_and_the_day_is_closed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = _demo(out)
    assert done.returncode == 0, done.stderr
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["platform_status"] == "accepted"
    assert summary["fields_total"] == 38
    assert summary["fields_typed"] <= 10
    assert summary["fields_filled_automatically"] >= 20
    assert {matter["state"] for matter in summary["matters"].values()} == {"done"}
    assert summary["day_verified"]
    assert set(summary["ms"]) == set(STAGES)
    assert len(list((out / "pictures").glob("*.png"))) >= 12
    assert {path.suffix for path in (out / "day-end").iterdir()} == {".xlsx", ".pdf", ".jsonl"}
    assert {path.suffix for path in (out / "receipt").iterdir()} == {".png", ".bin"}
    assert len(list((out / "case").glob("*-paper.*.pdf"))) == 2
    assert {path.stem for path in (out / "case").glob("material_pdf.*.pdf")} >= {"material_pdf.mat_marriage", "material_pdf.mat_hukou"}
    log = (out / "home" / "logs" / "oncedesk.log").read_text("utf-8")
    assert "130529199503150028" not in log
    assert "林晓月" not in log


@pytest.mark.parametrize("cuts", CUTS, ids=("before", "after"))
def test_the_power_may_go_at_every_stage_and_nothing_shown_as_saved_is_lost(tmp_path: Path, cuts: tuple[str, ...]) -> None:
    out = tmp_path / "out"
    with Sandbox(tmp_path / "province", delay=0.2) as province:
        for number, stage in enumerate(cuts):
            cut = _demo(out, "--province", province.url, "--die-at", stage, *(["--resume"] if number else []))
            assert cut.returncode == -signal.SIGKILL, f"{stage}: {cut.stderr}"
            before = json.loads((out / "before-the-cut.json").read_text("utf-8"))
            assert not _lost(out / "home", before), stage
        last = _demo(out, "--province", province.url, "--resume")
        assert last.returncode == 0, last.stderr
        held = province.cases()
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert (held["count"], held["accepted"]) == (1, 1)
    assert held["cases"][0]["case_number"] == summary["case_number"]
    assert summary["fields_typed"] <= 10


def _lost(home: Path, before: dict[str, Any]) -> list[str]:
    """What had stood on the screen as saved and is not there after the restart."""
    if "case_uuid" not in before:
        return []
    with open_workplace(Settings(home=home, demo=True, keyring=False), begin=True) as place:
        nobody = Session(user_id="", login="", name="", role="clerk")
        view = place.flows.fill.open(nobody, before["case_uuid"])
    now = {question.key: question.value for question in view.questions}
    now |= {field.key: field.value for section in view.sections for field in section.fields}
    pages = {slot.slot for material in view.materials for slot in material.slots if slot.status == "captured"}
    lost = [key for key, value in before["answers"].items() if now.get(key) != value]
    lost += [slot for slot in before["pages"] if slot not in pages]
    if before["case_number"] and view.case_number != before["case_number"]:
        lost.append("case_number")
    return lost
