"""A small disk of its own: a tmpfs, which fills up, turns read-only and back as a real one does. Needs root."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class SmallDisk:
    """One mounted file system; `home` on it."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def _stone(self) -> Path:
        return self.root / "other people's files"

    def fill(self) -> None:
        """Until not one more block can be written."""
        with suppress(OSError), self._stone.open("ab", buffering=0) as file:
            for block in (1 << 20, 4096, 512):
                with suppress(OSError):
                    while True:
                        assert file.write(bytes(block)) > 0

    def clear(self) -> None:
        """Somebody cleared it."""
        self._stone.unlink()

    def turn(self, how: str) -> None:
        """`ro` or `rw`."""
        subprocess.run(["mount", "-o", f"remount,{how}", str(self.root)], check=True, capture_output=True)


@contextmanager
def small_disk(root: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Skips the test where this system does not let us mount one."""
    root.mkdir()
    if not sys.platform.startswith("linux"):
        pytest.skip("a disk to fill is mounted on Linux only")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(root)]
    mounted = subprocess.run(mount, check=False, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no disk to fill can be mounted here: {mounted.stderr.strip()}")
    try:
        yield SmallDisk(root)
    finally:
        subprocess.run(["umount", "-l", str(root)], check=True)
