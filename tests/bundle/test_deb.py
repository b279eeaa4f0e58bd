"""What the package says of itself. That it can be unpacked and runs is tried by `make bundle`."""

import configparser
import json
import shutil
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.bundle import deb, tried


def test_what_the_system_must_bring_is_named_by_package_with_the_versions_that_count() -> None:
    asked = deb.worked_out(["libc.so.6", "libm.so.6", "libstdc++.so.6", "libGL.so.1", "libours.so.1", "libsane.so.1"],
                           ["GLIBC_2.31", "GLIBC_2.4", "GLIBCXX_3.4.28"], {"libours.so.1"})
    assert asked.glibc == "2.31"
    assert asked.depends == ("libc6 (>= 2.31)", "libgl1", "libstdc++6 (>= 9)")
    assert asked.recommends[0] == "libsane1 | libsane"


def test_a_library_nobody_brings_stops_the_build_with_its_name() -> None:
    with pytest.raises(deb.Unknown, match=r"libnobody\.so\.7"):
        deb.worked_out(["libc.so.6", "libnobody.so.7"], ["GLIBC_2.31"], set())


@pytest.mark.parametrize(("version", "expected"), [("0.1.0", "0.1.0.0"), ("2", "2.0.0.0"), ("1.2.3.4", "1.2.3.4")])
def test_a_version_is_four_numbers(version: str, expected: str) -> None:
    assert deb.four_numbers(version) == expected


@pytest.mark.parametrize("version", ["0.1.0rc1", "1.2.3.4.5", ""])
def test_a_version_uos_would_not_take_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="four numbers"):
        deb.four_numbers(version)


def test_the_menu_entry_starts_the_program_where_it_is_installed() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read_string(deb.desktop_entry("org.some.desk"))
    assert entry["Desktop Entry"]["Exec"] == "/opt/apps/org.some.desk/files/bin/oncedesk"
    assert entry["Desktop Entry"]["Icon"] == "org.some.desk"


def test_the_icon_is_a_picture_with_our_sign_on_it() -> None:
    svg = ET.fromstring(deb.icon())
    assert len(list(svg.iter("{http://www.w3.org/2000/svg}path"))) > 2


def test_uos_is_told_the_permissions_and_only_cameras_are_wanted() -> None:
    told = json.loads(deb.info("org.some.desk", "1.2.3.4", "amd64"))
    assert (told["appid"], told["version"], told["arch"]) == ("org.some.desk", "1.2.3.4", ["amd64"])
    assert [name for name, wanted in told["permissions"].items() if wanted] == ["camera"]


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("dpkg-deb") is None or shutil.which("objdump") is None, reason="Debian's tools")
def test_a_package_lies_where_uos_wants_it_and_runs_nothing(tmp_path: Path) -> None:
    bundle = tmp_path / "oncedesk"
    bundle.mkdir(mode=0o700)
    shutil.copy(shutil.which("env") or "", bundle / "oncedesk")
    package, asked = deb.build(bundle, tmp_path, "1.2.3", app_id="org.some.desk")
    assert package.name.startswith("org.some.desk_1.2.3.0_")
    assert any(one.startswith("libc6 (>= 2.") for one in asked.depends)
    tried.layout(package, "org.some.desk")
    program = tried.unpacked(package, tmp_path / "out of it", deb.PROGRAM)
    assert program.stat().st_mode & 0o777 == 0o755
    assert program.parent.stat().st_mode & 0o777 == 0o755
    with pytest.raises(tried.Wrong, match="outside"):
        tried.layout(package, "org.other.desk")
