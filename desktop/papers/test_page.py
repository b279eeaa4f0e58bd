"""One A4 page that shows whether the printer is well: edges, small print, a rare character, greys."""

from datetime import datetime

from desktop.domain.hall_time import local
from desktop.papers.a4 import Paper


def test_page(hall: str, window: str, at: datetime, *, demo: bool) -> bytes:
    """A PDF."""
    paper = Paper(title="打印测试页", hall=hall, demo=demo)
    paper.frame(paper.left, paper.top, paper.wide, paper.bottom - paper.top)
    paper.y += 12
    paper.heading("打印测试页")
    paper.facts([("窗口", window), ("时间", f"{local(at):%Y-%m-%d %H:%M}"), ("生僻字", "㛃䶮\U0002CC56"), ("数字", "0123456789")])
    paper.paragraph("四条边框完整、字迹清楚、没有条纹，即为正常。这一页不是文书，看完请收起。")
    return paper.write()
