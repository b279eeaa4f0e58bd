"""The locks of the targets: the same versions as everywhere, the Qt that has wheels there, one file for each package."""

import re

import pytest

from tests.bundle import targets
from tests.bundle.targets import LOCKS, QT, TARGETS, WHOLE, Target

NAMES = [target.name for target in TARGETS]
TABLE = targets.HOUSE / "resources" / "help" / "targets.md"
OF_ONE_SYSTEM = {"python-sane", "secretstorage", "jeepney", "pywin32", "comtypes", "pytwain", "pefile", "colorama", "pywin32-ctypes",
                 "win32-setctime"}


def hashes(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for block in re.findall(r"^[a-z0-9._-]+==.*(?:\n    --hash=.*)+", text, re.MULTILINE):
        found.setdefault(block.partition("==")[0], set()).update(re.findall(r"sha256:(\w+)", block))
    return found


@pytest.fixture(scope="module")
def whole() -> str:
    return WHOLE.read_text("utf-8")


def text_of(target: Target) -> str:
    return (LOCKS / f"{target.name}.lock").read_text("utf-8")


@pytest.mark.parametrize("target", TARGETS, ids=NAMES)
def test_every_version_but_qts_is_the_one_the_tests_run_with(target: Target, whole: str) -> None:
    locked, here = targets.pins(whole), targets.pins(text_of(target))
    assert {name: version for name, version in here.items() if version != locked.get(name)} == (
        dict.fromkeys(QT, target.qt) if target.qt else {})


@pytest.mark.parametrize("target", TARGETS, ids=NAMES)
def test_each_package_is_one_file_and_one_the_whole_lock_knows(target: Target, whole: str) -> None:
    known, here = hashes(whole), hashes(text_of(target))
    assert {name for name, found in here.items() if len(found) != 1 and name not in targets.AS_SOURCE} == set()
    assert {name for name, found in here.items() if not found <= known[name] and not (target.qt and name in QT)} == set()


def test_all_targets_take_the_same_packages_but_for_those_of_one_system() -> None:
    taken = [set(targets.pins(text_of(target))) for target in TARGETS]
    somewhere, everywhere = taken[0].union(*taken), taken[0].intersection(*taken)
    assert somewhere - everywhere <= OF_ONE_SYSTEM
    assert not {"pytest", "hypothesis", "mypy", "ruff", "fastapi"} & somewhere
    assert all("pyinstaller" in packages for packages in taken)


def test_the_folder_holds_no_lock_of_a_target_that_was_given_up() -> None:
    assert {file.stem for file in LOCKS.glob("*.lock")} == {target.name for target in TARGETS}


def test_the_table_for_people_names_every_lock_with_its_qt(whole: str) -> None:
    rows = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("|")]
    locked = targets.pins(whole)[QT[0]]
    for target in TARGETS:
        (row,) = [row for row in rows if f"`{target.name}.lock`" in row]
        assert f"| {target.qt or locked} |" in row


def test_the_oldest_qt_of_the_targets_is_the_one_the_tests_are_run_on_and_the_least_that_is_asked_for() -> None:
    oldest = min((target.qt for target in TARGETS if target.qt), key=lambda qt: [int(part) for part in qt.split(".")])
    assert f"\nQT={oldest}\n" in (targets.HOUSE / "tests" / "lowest_qt.sh").read_text("utf-8")
    assert f'"PySide6-Essentials>={oldest},' in (targets.HOUSE / "pyproject.toml").read_text("utf-8")


@pytest.mark.parametrize(("target", "first", "lacks"), [
    (Target("x86_64", 28, "6.9.3"), "manylinux_2_28_x86_64", "manylinux_2_29_x86_64"),
    (Target("aarch64", 31), "manylinux_2_31_aarch64", "manylinux1_aarch64"),
    (Target("amd64"), "win_amd64", "manylinux_2_17_x86_64"),
])
def test_a_target_takes_wheels_made_for_its_c_library_or_an_older_one(target: Target, first: str, lacks: str) -> None:
    assert target.tags[0] == first
    assert target.tags[-1] == "any"
    assert lacks not in target.tags


def test_a_pin_is_read_with_and_without_marker_and_hash() -> None:
    text = ("numpy==2.4.6 ; python_full_version < '3.12' \\\n    --hash=sha256:aa\nnumpy==2.5.5 ; python_full_version >= '3.12' \\\n"
            "    --hash=sha256:bb\ntomli==2.5.0 \\\n    --hash=sha256:cc\n    # via oncedesk\nplain==1.0\n")
    assert targets.pins(text) == {"numpy": "2.4.6", "tomli": "2.5.0", "plain": "1.0"}
