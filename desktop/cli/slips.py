"""Recovery slips as a command takes them: from files, or typed at the terminal, each until it is right."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli.commands import argument
from desktop.cli.outcome import CannotBeDone
from desktop.wording import params_of, remedy, say

if TYPE_CHECKING:
    from desktop.station.recovery import Ask, SlipSet
    from desktop.station.slips import Slip

SLIPS = argument("--slips", nargs="+", metavar="FILE", help="两张恢复纸条的文字文件（如二维码扫出的内容）；不写就在终端里问")
_TRIES = 5


def asked_for(args: argparse.Namespace) -> "Ask":
    """What the station asks for slips with."""
    def ask(sets: "Sequence[SlipSet]") -> "Sequence[Slip]":
        from desktop.station.slips import NEEDED, read_slip

        if args.slips:
            return [read_slip(_text(Path(name)), which) for which, name in enumerate(args.slips, start=1)]
        numbers = "、".join(str(one.number) for one in sets)
        print(f"请拿出两张恢复纸条（第 {numbers} 套），照着序号输入，可以分几行；每个词输前四个字母即可。", file=sys.stderr)
        return [_typed(which) for which in range(1, NEEDED + 1)]

    return ask


def _text(path: Path) -> str:
    from desktop.text_file import read_text

    try:
        return read_text(path)
    except OSError as error:
        raise CannotBeDone(f"{path}：读不出来（{error.strerror}）") from error


def _typed(which: int) -> "Slip":
    """One slip, line by line; what is wrong is said and typed again, where somebody sits at a terminal."""
    from desktop.station.slips import WORDS, SlipRefused, must_be_known, read_slip, words_in

    words: list[str] = []
    for _ in range(_TRIES * WORDS):
        print(f"第 {which} 张，从第 {len(words) + 1} 个词起：", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            break
        try:
            must_be_known(words_in(line), which, len(words) + 1)
            words += words_in(line)
            if len(words) >= WORDS:
                return read_slip(" ".join(words), which)
        except SlipRefused as refused:
            if not sys.stdin.isatty():
                raise
            params = params_of(refused)
            print(f"{say(refused.code, **params)}。{remedy(refused.code, **params)}", file=sys.stderr)
            words = words if refused.code == "slip.word_unknown" else []
    raise CannotBeDone("没有输完两张恢复纸条：在终端里输入，或用 --slips 给出两个文件")
