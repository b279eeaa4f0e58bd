"""The far end of apart.py: a Recogniser with its models in a process of its own. Ends when its standard input does."""

import os
import pickle
import sys
from contextlib import suppress
from typing import Any, BinaryIO

from desktop.recognition.apart import Answer, Question
from desktop.recognition.desk import EmptyDesk
from desktop.recognition.engine import NoEngine
from desktop.recognition.read import Recogniser
from desktop.recognition.reading import NotAPicture

NICE = 5
"""The window goes first where both cores are busy."""


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer one after another until there are no more."""
    ours = Recogniser()
    with suppress(EOFError, BrokenPipeError):
        while True:
            answer = _answered(ours, pickle.load(questions))  # noqa: S301 - the window's questions
            pickle.dump(answer, answers)
            answers.flush()


def _answered(ours: Recogniser, asked: Question) -> Answer:
    value: Any = None
    try:
        if asked.do == "warm":
            with suppress(NoEngine):      # told by its fault
                ours.warm()
        elif asked.do == "codes":
            value = ours.codes(asked.picture, sheet=asked.sheet)
        else:
            ours.use_desk(None if asked.desk is None else EmptyDesk.of(asked.desk))
            value = ours.read(asked.picture, asked.wanted, sheet=asked.sheet)
    except NotAPicture as e:
        return Answer(None, ours.fault, ours.missing, (e.code, e.detail))
    return Answer(value, ours.fault, ours.missing)


if __name__ == "__main__":
    if sys.platform != "win32":
        os.nice(NICE)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)      # what a library prints must not get between the answers
    serve(sys.stdin.buffer, out)
