"""Reading in another process: the same answers, and its end is not ours."""

import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from desktop.recognition import apart
from desktop.recognition.apart import ReadingProcess
from desktop.recognition.read import Recogniser
from desktop.recognition.reading import NotAPicture
from hardware.faults import DeviceFault, FaultCode

HOUSE = Path(__file__).resolve().parents[2]
CARD = (HOUSE / "resources" / "recordings" / "desk" / "mother_card_back.jpg").read_bytes()


def test_it_reads_what_a_recogniser_here_reads(recogniser: Recogniser) -> None:
    (there,), (here,) = ReadingProcess().read(CARD), recogniser.read(CARD)
    assert (there.doc_type, there.fields, there.quality) == (here.doc_type, here.fields, here.quality)
    assert (there.image == here.image).all()


def test_what_is_no_picture_is_refused_by_the_same_name() -> None:
    with pytest.raises(NotAPicture) as refused:
        ReadingProcess().read(CARD[: len(CARD) // 2])
    assert refused.value.code == "picture.cut_short"


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_one_that_was_killed_over_a_picture_refuses_it_and_the_next_is_read() -> None:
    reading = ReadingProcess()
    reading.warm()
    process = apart.process_id()
    assert process is not None
    os.kill(process, signal.SIGSTOP)
    killer = subprocess.Popen([sys.executable, "-c", f"import os, time; time.sleep(0.3); os.kill({process}, 9)"])
    with pytest.raises(NotAPicture) as refused:
        reading.read(CARD)
    killer.wait()
    assert refused.value.code == "picture.broken"
    assert len(reading.read(CARD)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_one_that_was_killed_between_two_pictures_is_started_anew_and_leaves_no_pipe_open() -> None:
    reading = ReadingProcess()
    reading.warm()
    process = apart.process_id()
    assert process is not None
    os.kill(process, signal.SIGKILL)
    while apart.process_id() is not None:
        time.sleep(0.01)
    assert len(reading.read(CARD)) == 1
    gc.collect()      # an open pipe would be warned of here


def test_who_cancels_is_let_go_at_once_and_the_next_is_read() -> None:
    reading = ReadingProcess()
    with pytest.raises(DeviceFault) as gone:
        reading.read(CARD, cancelled=lambda: True)
    assert gone.value.code is FaultCode.CANCELLED
    assert len(reading.read(CARD)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_it_ends_with_a_window_that_is_killed() -> None:
    program = ("from desktop.recognition import apart; apart.ReadingProcess().warm(); "
               "print(apart.process_id(), flush=True); import time; time.sleep(60)")
    window = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=HOUSE)
    assert window.stdout is not None
    reading = int(window.stdout.readline())
    window.kill()
    window.communicate()
    for _ in range(200):
        if not Path(f"/proc/{reading}").exists() or "Z" in Path(f"/proc/{reading}/stat").read_text().split(")")[1][:3]:
            return
        time.sleep(0.05)
    pytest.fail("it went on alone")
