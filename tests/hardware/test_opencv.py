"""What `from hardware.opencv import cv2` leaves behind for the programs that are started afterwards."""

import os
import subprocess
import sys

import pytest

HARMLESS = "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS"
_LOOK = "import os; before = dict(os.environ); import hardware.opencv; print(sorted(set(os.environ.items()) ^ set(before.items())))"


@pytest.mark.parametrize("libraries", [None, "/opt/libraries"])
def test_opencv_leaves_nothing_that_steers_another_program(libraries: str | None) -> None:
    surroundings = {name: value for name, value in os.environ.items() if name not in {"LD_LIBRARY_PATH", HARMLESS}}
    if libraries is not None:
        surroundings["LD_LIBRARY_PATH"] = libraries
    told = subprocess.run([sys.executable, "-c", _LOOK], env=surroundings, check=True, capture_output=True, text=True).stdout
    assert told.strip() == f"[('{HARMLESS}', '0')]"
