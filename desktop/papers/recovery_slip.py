"""恢复纸条: one A4 page for one of three people, with the words that, two pages together, bring the store's key back."""

from datetime import datetime

from reportlab.lib.units import mm

from desktop.domain.hall_time import local
from desktop.papers.a4 import BODY, GREY, HAIR, NOTE, TABLE, Paper
from desktop.papers.words import window_name

PEOPLE, NEEDED = 3, 2
_COLUMNS = 3
_ROW = 7.6 * mm
_QR = 42 * mm

_TEXTS = (
    ("这是什么", (f"这台电脑的办件数据是加密的。密钥丢了，或换了电脑从备份恢复，要用两张这样的纸条：{PEOPLE} 张里任意 {NEEDED} 张"
     "合起来能打开，单独一张打不开任何东西。右边的二维码里是同样的词。")),
    ("怎样用", ("管理员在电脑上运行 oncedesk station recover（找回密钥、重设管理员密码）或 oncedesk backup restore 备份文件"
     "（恢复备份），照着序号输入。大小写、空格、换行都不要紧，每个词输前四个字母即可；输错了会说是第几个词。")),
    ("怎样保管", ("由三个人分别保管，放在上锁的地方，不拍照、不录入电脑、不和备份放在一起。保管人变动或丢失一张，请管理员重新制作，"
     "旧纸条从交接之日起打不开新的备份。")),
)


def recovery_slip(hall: str, window: str, number: int, which: int, words: tuple[str, ...], made_at: datetime, *, demo: bool) -> bytes:
    """A PDF of one page. `number` of the set and `which` of it are no secret, the words are."""
    paper = Paper(title=f"恢复纸条 {number}-{which}", hall=hall, demo=demo)
    paper.heading("恢复纸条")
    paper.facts([
        ("本机", f"{hall}　{window_name(window)}"),
        ("纸条编号", f"第 {number} 套，第 {which} 张（共 {PEOPLE} 张）"),
        ("制作日期", f"{local(made_at):%Y-%m-%d %H:%M}"),
        ("保管人", ""),
    ])
    paper.y += 3 * mm
    _words(paper, words)
    paper.y += 3 * mm
    top = paper.y
    paper.qr(" ".join(words), paper.right - _QR, top, _QR)
    right, paper.right = paper.right, paper.right - _QR - 4 * mm
    for title, text in _TEXTS:
        paper.paragraph(title, size=BODY, heavy=True, indent=False, leading=1.5)
        paper.paragraph(text, size=TABLE, leading=1.5)
        if paper.y > top + _QR:
            paper.right = right
    paper.right = right
    return paper.write()


def _words(paper: Paper, words: tuple[str, ...]) -> None:
    rows = -(-len(words) // _COLUMNS)
    wide = paper.wide / _COLUMNS
    for index, word in enumerate(words):
        column, row = divmod(index, rows)
        x, y = paper.left + column * wide, paper.y + row * _ROW
        paper.frame(x, y, wide, _ROW, weight=HAIR)
        paper.text(x + 9 * mm, y + _ROW * 0.66, str(index + 1), NOTE, colour=GREY, align="right")
        paper.text(x + 13 * mm, y + _ROW * 0.68, word, 13.0, heavy=True)
    paper.y += rows * _ROW
