"""`oncedesk calendar import`: the county brings the official year itself, and due dates stop being provisional."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from db import cases
from desktop.app import open_workplace
from desktop.domain.calendar_table import as_toml, parse_calendar_csv
from desktop.domain.county import fingerprint
from desktop.station import county_file
from hardware.simulated.desk import SimulatedDesk
from tests.cli.conftest import Command
from tests.domain.test_calendar_table import NOTICE
from tests.homes import NOW, settings_for


def provisional(oncedesk: Command, home: Path) -> tuple[bool, str]:
    """Whether the promised limit of a birth handed in at the year's end is provisional, and its last day."""
    answers = home.parent / "answers.json"
    answers.write_text(json.dumps({"newborn_birth_date": "2026-12-20"}), encoding="utf-8")
    told = oncedesk("themes", "evaluate", "hebei-newborn@2023", "--answers", answers, "--on", "2026-12-29", "--home", home, "--json")
    limit = next(clock for clock in told.document["clocks"] if clock["id"] == "limit")
    return limit["provisional"], limit["due"]


def test_an_imported_year_is_official_and_counted_from_then_on(oncedesk: Command, tmp_path: Path) -> None:
    home, notice = tmp_path / "home", tmp_path / "2027.csv"
    notice.write_text(NOTICE, encoding="gb18030")
    assert provisional(oncedesk, home) == (True, "2027-01-07")
    told = oncedesk("calendar", "import", notice, "--year", "2027", "--source", "示例通知", "--home", home, "--json")
    assert told.status == 0
    assert told.document["changed"] == ["2027-01-03", "2027-10-09"]
    assert (told.document["holidays"], told.document["workdays"]) == (11, 2)
    assert provisional(oncedesk, home) == (False, "2027-01-06")
    assert [path.name for path in (home / "calendar").iterdir()] == ["china.toml"]
    again = oncedesk("calendar", "import", notice, "--year", "2027", "--source", "示例通知", "--home", home, "--json")
    assert again.document["changed"] == []


def test_a_refused_notice_names_file_and_line_and_leaves_the_table_as_it_was(oncedesk: Command, tmp_path: Path) -> None:
    home, notice = tmp_path / "home", tmp_path / "2027.csv"
    notice.write_text(NOTICE + "2027-02-10,workday,春节\n", encoding="utf-8")
    told = oncedesk("calendar", "import", notice, "--year", "2027", "--source", "示例通知", "--home", home)
    assert told.status == 2
    assert f"{notice}:15：2027-02-10 不是周末，本来就上班" in told.err
    assert not (home / "calendar").exists()


def test_a_file_that_is_not_there_cannot_be_imported(oncedesk: Command, tmp_path: Path) -> None:
    told = oncedesk("calendar", "import", tmp_path / "no.csv", "--year", "2027", "--source", "示例通知", "--home", tmp_path)
    assert told.status == 2
    assert "no.csv" in told.err


def test_open_due_dates_that_were_provisional_are_counted_anew(oncedesk: Command, tmp_path: Path, accepted: tuple[Path, str],
                                                              simulated: SimulatedDesk) -> None:
    home, number = accepted
    notice = tmp_path / "2027.csv"
    notice.write_text(NOTICE.replace("2027-01-02,", "2027-01-04,"), encoding="utf-8")      # a Monday off
    with open_workplace(settings_for(home, simulated), begin=True) as place, place.desk.store.transaction() as tx:
        case = cases.by_number(tx, number)
        assert case is not None
        cases.update(tx, case.case_uuid, datetime(2026, 12, 30, 2, tzinfo=UTC), accepted_at=datetime(2026, 12, 30, 2, tzinfo=UTC),
                     due_date=date(2027, 1, 7), due_is_provisional=True)
    command = ("calendar", "import", notice, "--year", "2027", "--source", "示例通知", "--home", home, "--demo", "--json")
    assert oncedesk(*command).document["recounted"] == [
        {"case_number": number, "was": "2027-01-07", "due": "2027-01-08", "provisional": False}]
    with open_workplace(settings_for(home, simulated), begin=True) as place, place.desk.store.reading() as tx:
        case = cases.by_number(tx, number)
        assert case is not None
        assert (case.due_date, case.due_is_provisional) == (date(2027, 1, 8), False)
    assert oncedesk(*command).document["recounted"] == []


def test_a_calendar_that_the_county_sends_counts_them_anew_as_well(oncedesk: Command, tmp_path: Path, accepted: tuple[Path, str],
                                                                   simulated: SimulatedDesk) -> None:
    home, number = accepted
    with open_workplace(settings_for(home, simulated)) as place, place.desk.store.transaction() as tx:
        case = cases.by_number(tx, number)
        assert case is not None
        cases.update(tx, case.case_uuid, datetime(2026, 12, 30, 2, tzinfo=UTC), accepted_at=datetime(2026, 12, 30, 2, tzinfo=UTC),
                     due_date=date(2027, 1, 7), due_is_provisional=True)
        years = {**place.desk.calendar.years, 2027: parse_calendar_csv(NOTICE.replace("2027-01-02,", "2027-01-04,"), 2027, "示例通知")}
    key = Ed25519PrivateKey.generate()
    made = county_file.make({"calendar/china.toml": as_toml(years).encode()}, (), key, 1, "130529", NOW)
    (tmp_path / "1.county").write_bytes(made)
    told = oncedesk("county", "take", tmp_path / "1.county", "--as", "admin", "--fingerprint", fingerprint(county_file.public_key(key)),
                    "--home", home, "--demo", "--json", pins=("708152",))
    assert told.document["recounted"] == [{"case_number": number, "was": "2027-01-07", "due": "2027-01-08", "provisional": False}]
