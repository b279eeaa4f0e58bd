"""Makes resources/help/fault-codes.md, the catalogue of short codes, from wording.toml.

`python -m tests.make_fault_codes` writes it.
"""

import re
import tomllib
from pathlib import Path

import resources
from desktop import wording

HELP = Path(resources.__file__).parent / "help" / "fault-codes.md"
_HEAD = """<!-- 由 python -m tests.make_fault_codes 生成，请不要手改 -->
# 故障代码

出了故障，提示的后面有四位代码，例如“（代码 {example}）”。请人帮忙时报这四位就够了，不用念整句话。
代码只由数字和大写字母组成，没有字母 I、L、O、U。

句子里的“…”是当时的文件名、项目或日期。最后一栏是程序日志里的写法。

| 代码 | 看到的话 | 怎么办 | 日志里 |
|---|---|---|---|
"""


def catalogue() -> str:
    """The file as it should stand."""
    tables = tomllib.loads((HELP.parents[1] / "wording.toml").read_text("utf-8"))
    rows = sorted((wording.short(code), code) for code in wording.faults())
    lines = [f"| {short} | {_open(words['say'])} | {_open(words['do'])} | `{code}` |"
             for short, code in rows for words in (tables[code],)]
    return _HEAD.format(example=wording.short("store.full")) + "\n".join(lines) + "\n"


def _open(text: str) -> str:
    """Without what is only known when it happens."""
    return re.sub(r"\{[a-z_]+\}", "…", text)


if __name__ == "__main__":
    HELP.write_text(catalogue(), "utf-8")
