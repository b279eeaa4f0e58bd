"""The county's file on its stick: taken whole or not at all, from the county only, and never an older one. Whatever the file does."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from db import journal, users
from desktop import app
from desktop.app import open_workplace
from desktop.domain.answers import Answers, Person
from desktop.domain.county import CountyFile, fingerprint
from desktop.flows.sign_in import SignInRefused
from desktop.settings import Settings, load_settings
from desktop.shelf import RESOURCES
from desktop.station import county, county_file
from desktop.station.county_file import CountyRefused
from desktop.station.owner import WINDOW, owning
from tests.cli.conftest import Command, Told
from tests.homes import NOW
from tests.station.county_killer import PIN

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = county_file.public_key(KEY)
REGION = "130529"
PACK = (RESOURCES / "themes/hebei-newborn/2023.toml").read_text("utf-8")
NEXT = PACK.replace('version = "2023"', 'version = "2027"').replace("effective_from = 2023-01-01", "effective_from = 2027-01-01")
CALENDAR = (RESOURCES / "calendar/china.toml").read_text("utf-8")
LATER = CALENDAR + '\n[[year]]\nyear = 2028\nofficial = true\nsource = "示例"\n[[year.holiday]]\nname = "元旦"\ndays = [2028-01-03]\n'
BANKS = (RESOURCES / "codes/social_security_banks.toml").read_text("utf-8")
SHARED = f'region = "{REGION}"\ncomplaint_phone = "0319-12345"\n'
LI = Person("li", "李建民", "supervisor", pin_hash=users.hashed("918273"))

WHOLE: dict[str, bytes] = {"themes/hebei-newborn/2027.toml": NEXT.encode(), "themes/hebei-newborn/2023.toml": PACK.encode(),
                           "calendar/china.toml": LATER.encode(), "codes/social_security_banks.toml": BANKS.encode(),
                           "county.toml": SHARED.encode()}


def made(pieces: dict[str, bytes] | None = None, people: tuple[Person, ...] = (LI,), serial: int = 7,
         key: Ed25519PrivateKey = KEY, region: str = REGION) -> bytes:
    return county_file.make(WHOLE if pieces is None else pieces, people, key, serial, region, NOW)


def by_hand(contents: bytes, body: bytes, key: Ed25519PrivateKey = KEY) -> bytes:
    """Rightly signed, whatever it says."""
    signed = b"oncedesk county 1\n" + contents + b"\n"
    return signed + f"{county_file.public_key(key)} {key.sign(signed).hex()}\n".encode() + body


def listed(pieces: list[tuple[str, bytes]], **other: Any) -> bytes:
    contents = {"serial": 7, "region": REGION, "made_at": NOW.isoformat(),
                "pieces": [{"name": name, "size": len(data), "sha256": sha256(data).hexdigest()} for name, data in pieces]} | other
    return by_hand(json.dumps(contents).encode(), b"".join(data for _, data in pieces))


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A window that was set up and knows the county's key."""
    home = tmp_path_factory.mktemp("begun") / "home"
    answers = Answers({"hall": "示例大厅", "window": "5", "window_code": "105", "region": REGION, "keyring": False},
                      Person("admin", "赵启明", "administrator"), (Person("wang", "王秀兰", "clerk"),), PUBLIC,
                      {"admin": PIN, "wang": "246811"})
    app.set_up(Settings(home=home), answers, clock=lambda: NOW)
    return home


@pytest.fixture
def home(tmp_path: Path, begun: Path) -> Path:
    shutil.copytree(begun, tmp_path / "home")
    return tmp_path / "home"


def brought(home: Path) -> dict[str, bytes]:
    """All that a county's file may touch outside the store."""
    names = ("themes", "calendar", "codes", "aside")
    found = [path for name in names for path in (home / name).rglob("*") if path.is_file() and ".last-good" not in path.parts]
    found += [home / name for name in ("county.toml", county.MARKER, "settings.toml") if (home / name).exists()]
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in found}


Take = Callable[..., Told]


@pytest.fixture
def take(tmp_path: Path, home: Path, oncedesk: Command) -> Take:
    """`oncedesk county take` of these bytes by the administrator."""
    def taking(data: bytes, *more: str) -> Told:
        (tmp_path / "file.county").write_bytes(data)
        return oncedesk("county", "take", tmp_path / "file.county", "--as", "admin", "--json", "--home", home, *more, pins=(PIN,))

    return taking


def rows(home: Path, what: str) -> list[dict[str, Any]]:
    with open_workplace(load_settings(home), clock=lambda: NOW) as place, place.desk.store.reading() as tx:
        return [json.loads(row.detail) if isinstance(row.detail, str) else dict(row.detail) for row in journal.rows_from(tx, 1)
                if row.what == what]


# -- what it does ------------------------------------------------------------------------------------------------------


def test_all_that_the_county_sent_is_in_force_and_the_journal_has_its_digests(home: Path, take: Take) -> None:
    (home / "calendar").mkdir()
    (home / "calendar/china.toml").write_text(CALENDAR, "utf-8")
    told = take(made())
    assert (told.status, told.document["taken"], told.document["serial"]) == (0, True, 7)
    assert {name: data for name, data in brought(home).items() if name in WHOLE} == WHOLE
    settings = load_settings(home)
    assert (settings.complaint_phone, settings.hall) == ("0319-12345", "示例大厅")
    with open_workplace(settings, clock=lambda: NOW) as place:
        with pytest.raises(SignInRefused, match="temporary"):
            place.flows.sign_in.enter("li", "918273")
        place.flows.sign_in.change_pin("li", "918273", "704316")
        assert place.flows.sign_in.enter("li", "704316").role == "supervisor"
        assert place.desk.packs.get("hebei-newborn", "2027").version == "2027"
        assert 2028 in place.desk.calendar.years
    (row,) = rows(home, "county.taken")
    assert (row["serial"], row["people_changed"]) == (7, 1)
    assert row["pieces"] == {name: sha256(data).hexdigest() for name, data in WHOLE.items()}
    assert (home / "aside" / row["aside"] / "calendar/china.toml").read_text("utf-8") == CALENDAR
    assert told.document["aside"] == str(home / "aside" / row["aside"])
    assert {path.name for path in home.iterdir()}.isdisjoint({county.MARKER, county.STAGED})


def test_a_dry_run_shows_what_would_change_and_changes_nothing(home: Path, take: Take) -> None:
    before = brought(home)
    told = take(made(), "--dry-run")
    assert (told.status, told.document["taken"]) == (0, False)
    pieces = {piece["name"]: piece for piece in told.document["pieces"]}
    assert {name: piece["kind"] for name, piece in pieces.items()} == dict.fromkeys(WHOLE, "new")
    assert any("2027" in note for note in pieces["themes/hebei-newborn/2027.toml"]["notes"])
    assert pieces["themes/hebei-newborn/2023.toml"]["notes"] == []
    assert "2028-01-03" in pieces["calendar/china.toml"]["notes"]
    assert told.document["people"] == [{"login": "li", "kind": "new"}]
    assert [one["key"] for one in told.document["settings"]] == ["complaint_phone"]
    assert brought(home) == before
    assert not (home / "themes").exists()
    assert rows(home, "county.taken") == []


def test_the_same_file_again_changes_nothing(home: Path, take: Take) -> None:
    take(made())
    before = brought(home)
    told = take(made())
    assert (told.status, told.document["aside"]) == (0, None)
    assert brought(home) == before
    assert len(rows(home, "county.taken")) == 1
    (home / "county.toml").write_text("region = '130529'\n")
    assert take(made()).status == 0
    assert brought(home)["county.toml"] == SHARED.encode()


def test_people_get_name_and_role_and_leavers_are_barred_but_a_pin_once_chosen_stays(home: Path, take: Take) -> None:
    hashed = users.hashed("557713")
    assert take(made({}, (Person("wang", "王秀兰", "supervisor", pin_hash=hashed), Person("li", "李建民", "clerk", pin_hash=hashed),
                          Person("sun", "孙立", "clerk", active=False)))).status == 0
    with open_workplace(load_settings(home), clock=lambda: NOW) as place:
        assert place.flows.sign_in.enter("wang", "246811").role == "supervisor"
        assert dict(place.flows.sign_in.users()).keys() == {"admin", "wang", "li"}
    assert take(made({}, (Person("li", "李建民", "clerk", active=False),), serial=8)).status == 0
    with open_workplace(load_settings(home), clock=lambda: NOW) as place:
        assert dict(place.flows.sign_in.users()).keys() == {"admin", "wang"}


def test_only_an_administrator_takes_one_and_not_while_the_window_is_open(
        home: Path, tmp_path: Path, take: Take, oncedesk: Command) -> None:
    (tmp_path / "file.county").write_bytes(made())
    command = ("county", "take", tmp_path / "file.county", "--home", home)
    assert oncedesk(*command).status == 2
    assert oncedesk(*command, "--as", "wang", pins=("246811",)).status == 2
    with owning(home, WINDOW):
        assert take(made()).status == 2
    assert "county.toml" not in brought(home)


# -- whose it is -------------------------------------------------------------------------------------------------------


def test_a_county_nobody_knows_here_is_trusted_only_by_whoever_types_its_fingerprint(home: Path, take: Take) -> None:
    with open_workplace(load_settings(home), clock=lambda: NOW) as place, place.desk.store.transaction() as tx:
        from db import settings

        settings.put(tx, "county.key", "")
    mark = fingerprint(PUBLIC)
    told = take(made())
    assert told.status == 2
    assert mark in told.err
    assert take(made(), "--fingerprint", mark[:-1] + ("0" if mark[-1] != "0" else "1")).status == 2
    assert "county.toml" not in brought(home)
    assert take(made(), "--fingerprint", mark.lower().replace("-", " ")).status == 0
    assert rows(home, "county.key_trusted") == [{"fingerprint": mark}]
    assert take(made(serial=8)).status == 0


def test_another_countys_key_is_refused_however_it_is_confirmed(home: Path, take: Take) -> None:
    other = Ed25519PrivateKey.generate()
    told = take(made(key=other), "--fingerprint", fingerprint(county_file.public_key(other)))
    assert told.status == 2
    assert "county.toml" not in brought(home)


def test_an_older_file_does_not_come_back_and_a_number_is_used_once(home: Path, take: Take) -> None:
    assert take(made(serial=7)).status == 0
    before = brought(home)
    assert take(made({"county.toml": SHARED.replace("12345", "99999").encode()}, serial=6)).status == 2
    assert take(made({"county.toml": SHARED.replace("12345", "99999").encode()}, serial=7)).status == 2
    assert brought(home) == before
    assert take(made({"county.toml": SHARED.replace("12345", "99999").encode()}, serial=8)).status == 0


def test_a_file_of_another_county_is_refused(home: Path, take: Take) -> None:
    assert take(made({"county.toml": b'region = "410122"\n'}, region="410122")).status == 2
    assert take(made({"county.toml": b'region = "410122"\n'}, region=REGION)).status == 2
    assert "county.toml" not in brought(home)


# -- hostile files -----------------------------------------------------------------------------------------------------


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("themes/x/1.toml", b"0" * 50_000_000)
    return out.getvalue()


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a zip that unpacks to 50 MB": (_zip, "county.not_one"),
    "nothing": (lambda: b"", "county.not_one"),
    "more than a file may have": (lambda: made() + b"0" * county_file.LARGEST, "county.too_large"),
    "a list without an end": (lambda: b"oncedesk county 1\n" + b"[" * 5_000_000, "county.damaged"),
    "lists in lists": (lambda: by_hand(b"[" * 200_000, b""), "county.damaged"),
    "a number of a million digits": (lambda: by_hand(b'{"serial": ' + b"9" * 500_000 + b"}", b""), "county.damaged"),
    "a size nobody has room for": (lambda: by_hand(json.dumps({
        "serial": 7, "region": REGION, "made_at": NOW.isoformat(),
        "pieces": [{"name": "county.toml", "size": 10**15, "sha256": "0" * 64}]}).encode(), b""), "county.damaged"),
    "pieces without number": (lambda: listed([(f"codes/a{number}.csv", b"") for number in range(3000)]), "county.damaged"),
    "a later format": (lambda: made().replace(b"county 1\n", b"county 2\n", 1), "county.newer_format"),
    "a serial that is no number": (lambda: listed([], serial="7"), "county.damaged"),
    "a serial below nothing": (lambda: listed([], serial=-1), "county.damaged"),
    "a time without a zone": (lambda: listed([], made_at="2026-11-23T01:30:00"), "county.damaged"),
    "a key nobody asked for": (lambda: listed([], also="x"), "county.damaged"),
    "sizes that do not add up": (lambda: listed([("county.toml", b"x")]) + b"y", "county.damaged"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_by_its_shape(tmp_path: Path, bomb: str) -> None:
    make, code = BOMBS[bomb]
    (tmp_path / "x.county").write_bytes(make())
    with pytest.raises(CountyRefused) as refused:
        county_file.read(tmp_path / "x.county")
    assert refused.value.code == code


@pytest.mark.skipif(sys.platform == "win32", reason="needs named pipes")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "x.county")
    for path in (tmp_path / "x.county", tmp_path):
        with pytest.raises(CountyRefused, match=r"county\.not_one"):
            county_file.read(path)


@pytest.mark.parametrize("name", [
    "../settings.toml", "themes/../../settings.toml", "themes/../x.toml", "/etc/passwd", "themes//1.toml", "themes/x/../../../y.toml",
    "C:\\windows\\x.toml", "themes\\x\\1.toml", "themes/.last-good/x.toml", "themes/x/.1.toml", "themes/x/1.toml\n", "themes/x/1.toml\0",
    "themes/con/1.toml", "themes/x/NUL.toml", "codes/aux.csv", "settings.toml", "devices.toml", "cases.db", "store.key", "codes/x.py",
    "codes/x/y.csv", "calendar/other.toml", "", ".", "themes", "themes/x/1.toml/", "ｔhemes/x/1.toml", "themes/x:1/1.toml"])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(CountyRefused) as refused:
        county_file.parsed(listed([(name, b"x")]))
    assert refused.value.code == "county.piece_name"


def test_two_names_that_are_one_file_on_windows_are_refused() -> None:
    with pytest.raises(CountyRefused, match=r"county\.piece_name"):
        county_file.parsed(listed([("themes/x/1a.toml", b"x"), ("themes/X/1A.toml", b"y")]))


def test_a_file_changed_in_any_place_or_cut_anywhere_is_refused_and_the_whole_one_is_not() -> None:
    data = made({"county.toml": SHARED.encode()})
    for at in range(0, len(data), 7):
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises(CountyRefused):
            county_file.parsed(bytes(changed))
    for length in range(0, len(data), 11):
        with pytest.raises(CountyRefused):
            county_file.parsed(data[:length])
    assert county_file.parsed(data).serial == 7


BROKEN: dict[str, tuple[str, str]] = {
    "a pack without its end": ("themes/hebei-newborn/2027.toml", NEXT[:3000]),
    "a pack that is no pack": ("themes/x/1.toml", "a = 1\n"),
    "a pack in another's place": ("themes/hebei-newborn/2028.toml", NEXT),
    "lists in lists for a pack": ("themes/x/1.toml", "a = " + "[" * 100_000),
    "a calendar that is none": ("calendar/china.toml", "year = 1\n"),
    "a calendar of words": ("calendar/china.toml", '[[year]]\nyear = "x"\nofficial = true\nsource = ""\n'),
    "lists in lists for a calendar": ("calendar/china.toml", "year = " + "[" * 100_000),
    "regions that are above each other": ("codes/regions.csv", "code,name,parent\n1,甲,2\n2,乙,1\n"),
    "a table of no kind": ("codes/codesets.toml", "a = 1\n"),
    "settings by which windows differ": ("county.toml", 'window = "1"\n'),
    "settings of another kind": ("county.toml", "lock_minutes = true\n"),
    "settings that are none": ("county.toml", "["),
    "a province on a bare line": ("county.toml", 'platform_url = "http://example.org"\n'),
    "a switch no pack has": ("county.toml", 'switches = { hebei-newborn = ["no_such"] }\n'),
}


@pytest.mark.parametrize("what", BROKEN)
def test_something_broken_in_it_is_refused_before_anything_changes(what: str, home: Path) -> None:
    name, text = BROKEN[what]
    file, before = county_file.parsed(made({**WHOLE, name: text.encode()})), brought(home)
    with open_workplace(load_settings(home), clock=lambda: NOW) as place:
        with pytest.raises(CountyRefused) as refused:
            app.take_county(place, file, "somebody")
        assert (refused.value.code, refused.value.name) == ("county.broken_piece", name)
        with place.desk.store.reading() as tx:
            assert "li" not in {user.login for user in users.everybody(tx)}
    assert brought(home) == before


@pytest.mark.parametrize(("people", "code"), [
    ([{"login": "x", "name": "甲", "role": "god", "pin_hash": LI.pin_hash}], "county.people"),
    ([{"login": "x", "name": "甲", "role": "clerk", "pin_hash": "1234"}], "county.people"),
    ([{"login": "x", "name": "甲", "role": "clerk"}], "county.people"),
    ([{"login": "x", "name": "甲", "role": "clerk", "pin_hash": LI.pin_hash.replace("m=65536", "m=4194304")}], "county.people"),
    ([{"login": "x", "name": "甲", "role": "clerk", "pin_hash": LI.pin_hash}] * 2, "county.people"),
    ([{"login": "x y", "name": "甲", "role": "clerk", "pin_hash": LI.pin_hash}], "county.people"),
    ([{"login": "x", "name": "甲\n乙", "role": "clerk", "pin_hash": LI.pin_hash}], "county.people"),
    ([{"login": "x", "name": "甲", "role": "clerk", "pin_hash": LI.pin_hash, "user_id": "1"}], "county.people"),
    ({"login": "x"}, "county.people"),
])  # fmt: skip
def test_people_who_cannot_be_are_refused(people: Any, code: str) -> None:
    with pytest.raises(CountyRefused) as refused:
        county_file.parsed(listed([("people.json", json.dumps(people).encode())]))
    assert refused.value.code == code


def test_the_last_administrator_is_not_taken_away(home: Path, take: Take) -> None:
    before = brought(home)
    assert take(made(people=(Person("admin", "赵启明", "clerk", pin_hash=LI.pin_hash),))).status == 2
    assert take(made(people=(Person("admin", "赵启明", "administrator", active=False),))).status == 2
    assert brought(home) == before


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_in_the_home_leads_nothing_out_of_it(home: Path, tmp_path: Path, take: Take) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "china.toml").write_text(CALENDAR, "utf-8")
    (home / "calendar").mkdir()
    (home / "calendar/china.toml").symlink_to(outside / "china.toml")
    assert take(made()).status == 0
    assert (outside / "china.toml").read_text("utf-8") == CALENDAR
    assert not (home / "calendar/china.toml").is_symlink()
    shutil.rmtree(home / "codes")
    (home / "codes").symlink_to(outside, target_is_directory=True)
    assert take(made(serial=8)).status == 2
    assert [path.name for path in outside.iterdir()] == ["china.toml"]


# -- killed ------------------------------------------------------------------------------------------------------------


def state(home: Path) -> str:
    """What a start would find, after it has gone on with what was broken off."""
    settings = load_settings(home)
    if county.unfinished(home):
        with pytest.raises(CountyRefused, match=r"county\.unfinished"), open_workplace(settings, clock=lambda: NOW):
            pass
        settings = app.finish_county(settings, clock=lambda: NOW)
    here = {name: data for name, data in brought(home).items() if name in WHOLE}
    with open_workplace(settings, clock=lambda: NOW) as place:
        logins = dict(place.flows.sign_in.users())
    taken = [row["serial"] for row in rows(home, "county.taken")]
    if (here, "li" in logins, taken, settings.complaint_phone) == (WHOLE, True, [7], "0319-12345"):
        return "new"
    if (here, "li" in logins, taken, settings.complaint_phone) == ({"calendar/china.toml": CALENDAR.encode()}, False, [], "12345"):
        return "old"
    return "half"


@pytest.fixture
def killed(tmp_path: Path, home: Path) -> list[Path]:
    """Homes in which a taking was ended, in the order of the steps."""
    (home / "calendar").mkdir()
    (home / "calendar/china.toml").write_text(CALENDAR, "utf-8")
    home.rename(tmp_path / "start")
    (tmp_path / "file.county").write_bytes(made())
    done = subprocess.run([sys.executable, "-m", "tests.station.county_killer", str(tmp_path), "take", "12"], check=True, timeout=200,
                          capture_output=True, text=True)
    assert int(done.stdout) > 25, "there must have been something to be killed in"
    return sorted((path for path in tmp_path.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
@pytest.mark.timeout(400)
def test_killed_at_any_step_it_is_taken_whole_at_the_next_start_or_not_at_all(killed: list[Path], oncedesk: Command) -> None:
    broken_off = [home for home in killed if county.unfinished(home)]
    assert len(broken_off) >= 3
    told = oncedesk("case", "list", "--home", broken_off[0])
    assert told.status == 2
    assert "没有做完" in told.err
    here = {home: set(brought(home).items()) & set(WHOLE.items()) for home in broken_off}
    half = next(home for home, found in here.items() if 0 < len(found) < len(WHOLE))
    torn = shutil.copytree(half, half.with_name("torn"))
    (torn / county.STAGED).write_bytes(made()[:-1])
    with pytest.raises(CountyRefused, match=r"county\.undone"):
        app.finish_county(load_settings(torn), clock=lambda: NOW)
    assert state(torn) == "old", "what was staged is spoilt: everything goes back"
    assert oncedesk("county", "take", "--home", broken_off[0]).status == 0
    states = [state(home) for home in killed]
    assert states == ["old"] * states.count("old") + ["new"] * states.count("new")
    assert states.count("old") >= 2
    assert all(home not in broken_off or found == "new" for home, found in zip(killed, states, strict=True))


# -- making one --------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path, oncedesk: Command, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What lies on the desk of whoever makes the county's file."""
    monkeypatch.setenv("ONCEDESK_COUNTY_PASSPHRASE", "not-to-be-guessed")
    for name, data in WHOLE.items():
        path = tmp_path / "desk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "desk/county.toml").write_bytes(SHARED.encode("utf-8-sig"))
    (tmp_path / "desk/people.toml").write_bytes('[[people]]\nlogin = "li"\nname = "李建民"\nrole = "clerk"\npin = "918273"\n'.encode("gbk"))
    assert oncedesk("county", "key", "--out", tmp_path / "desk/key.pem").status == 0
    return tmp_path / "desk"


def making(desk: Path) -> tuple[object, ...]:
    return ("county", "make", "--packs", desk / "themes", "--codes", desk / "codes", "--calendar", desk / "calendar/china.toml",
            "--settings", desk / "county.toml", "--people", desk / "people.toml", "--key", desk / "key.pem", "--out", desk / "out.county",
            "--json")


def read(desk: Path) -> CountyFile:
    return county_file.read(desk / "out.county")


def test_what_was_made_is_taken_and_each_file_has_a_higher_number(desk: Path, home: Path, take: Take, oncedesk: Command) -> None:
    told = oncedesk(*making(desk))
    assert (told.status, told.document["serial"]) == (0, 1)
    first = read(desk)
    assert first.pieces == WHOLE, "in UTF-8, however it was saved"
    assert b"918273" not in first.data
    with open_workplace(load_settings(home), clock=lambda: NOW) as place, place.desk.store.transaction() as tx:
        from db import settings

        settings.put(tx, "county.key", first.key)
    assert take(first.data).status == 0
    assert oncedesk(*making(desk)).document["serial"] == 2
    assert oncedesk(*making(desk), "--serial", "2").status == 2
    assert oncedesk(*making(desk), "--serial", "20").document["serial"] == 20
    assert take(read(desk).data).status == 0
    assert take(first.data).status == 2


def test_nothing_is_made_that_nobody_would_take(desk: Path, oncedesk: Command) -> None:
    for name, text in (("themes/hebei-newborn/2027.toml", "a = 1"), ("county.toml", "hall = 'x'\nregion = '130529'\n"),
                       ("people.toml", "[[people]]\nlogin = 'li'\nname = 'x'\nrole = 'clerk'\npin = '1'\n"), ("calendar/china.toml", "")):
        before = (desk / name).read_bytes()
        (desk / name).write_text(text)
        assert oncedesk(*making(desk)).status == 2, name
        (desk / name).write_bytes(before)
    assert not (desk / "out.county").exists()


def test_the_key_is_sealed_and_never_written_over(desk: Path, oncedesk: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (desk / "key.pem").read_bytes()
    assert oncedesk("county", "key", "--out", desk / "key.pem").status == 2
    assert (desk / "key.pem").read_bytes() == before
    assert b"ENCRYPTED" in before
    monkeypatch.setenv("ONCEDESK_COUNTY_PASSPHRASE", "another-passphrase")
    assert oncedesk(*making(desk)).status == 2
    monkeypatch.setenv("ONCEDESK_COUNTY_PASSPHRASE", "short")
    assert oncedesk("county", "key", "--out", desk / "other.pem").status == 2
    assert not (desk / "other.pem").exists()


def test_a_file_from_later_is_still_the_countys(home: Path, take: Take) -> None:
    """The PC's clock may be wrong: what counts is the number."""
    assert take(county_file.make({"county.toml": SHARED.encode()}, (), KEY, 9, REGION, NOW + timedelta(days=400))).status == 0
