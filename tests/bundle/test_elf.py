"""What is read from `objdump -p`."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bundle import elf

TOLD = """
/opt/a/libone.so:     file format elf64-x86-64

Program Header:
    LOAD off    0x0000000000000000 vaddr 0x0000000000000000 paddr 0x0000000000000000 align 2**12

Dynamic Section:
  NEEDED               libstdc++.so.6
  NEEDED               libc.so.6
  SONAME               libone.so

Version definitions:
1 0x01 0x0e5d0a3f libone.so
2 0x00 0x0a1b2c3d ONE_9.9

Version References:
  required from libc.so.6:
    0x09691a75 0x00 03 GLIBC_2.2.5
    0x069691b4 0x00 02 GLIBC_2.34
  required from libstdc++.so.6:
    0x08922974 0x00 04 GLIBCXX_3.4.29

/opt/a/two:     file format elf64-x86-64

Dynamic Section:
  NEEDED               libone.so

"""


def test_each_file_has_its_libraries_and_the_versions_it_asks_for() -> None:
    assert elf.parsed(TOLD) == {
        Path("/opt/a/libone.so"): elf.Needs(frozenset({"libstdc++.so.6", "libc.so.6"}),
                                            frozenset({"GLIBC_2.2.5", "GLIBC_2.34", "GLIBCXX_3.4.29"})),
        Path("/opt/a/two"): elf.Needs(frozenset({"libone.so"}), frozenset()),
    }  # fmt: skip


@pytest.mark.parametrize(("versions", "expected"), [
    ({"GLIBC_2.9", "GLIBC_2.34", "GLIBC_2.4"}, (2, 34)),
    ({"GLIBCXX_3.4.29", "GLIBC_2.28", "GLIBC_PRIVATE"}, (2, 28)),
    ({"GLIBC_2.28", "GLIBC_ABI_DT_RELR"}, (2, 36)),
    ({"GLIBCXX_3.4.29"}, ()),
])
def test_the_newest_version_is_counted_not_spelt(versions: set[str], expected: tuple[int, ...]) -> None:
    assert elf.newest(versions, "GLIBC") == expected


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("objdump") is None, reason="binutils of Linux")
def test_a_program_of_this_system_asks_for_its_c_library(tmp_path: Path) -> None:
    program = Path(shutil.which("env") or "")
    assert elf.is_elf(program)
    asked = elf.needs([program])[program]
    assert "libc.so.6" in asked.libraries
    assert elf.newest(asked.versions, "GLIBC") > (2, 2)
    text = tmp_path / "text"
    text.write_text("no program")
    assert not elf.is_elf(text)
    with pytest.raises(subprocess.CalledProcessError):
        elf.needs([text])
