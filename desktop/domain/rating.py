"""好差评 at the window (国办发〔2019〕51号): five levels, the last two are bad and need a reason.

Rating is voluntary: there is no level by default.
"""

from desktop.domain import spelling

LEVELS = {1: "非常满意", 2: "满意", 3: "基本满意", 4: "不满意", 5: "非常不满意"}
BAD = frozenset({4, 5})
REASONS = ("未一次性告知", "超过承诺时限", "材料重复提交", "要求提供清单外材料", "服务态度", "业务不熟", "等候时间长", "系统故障", "其他")
LONGEST = 200
"""Characters of the free text."""


def lacks_reason(level: int, reasons: tuple[str, ...], text: str) -> bool:
    """Whether the family has still to say why: 差评 without a reason cannot be verified or mended."""
    return level in BAD and not reasons and not spelling.text(text)
