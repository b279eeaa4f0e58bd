"""Finding cases by what a clerk types: a name or a part of it, pinyin, initials, a case number, an ID number.

FTS5 tokens are single characters (its own tokenizers cannot find two-character Chinese names) and pinyin written
from every syllable on, so that a given name alone is found as well. Surnames are indexed with both readings.
"""

import re
import unicodedata

from pypinyin import Style, pinyin
from sqlalchemy import ColumnElement, text
from sqlmodel import col

from db.models import CaseRow
from db.numbers import is_case_number
from db.store import Tx

# Where a surname is read otherwise than the character usually is (现代汉语词典; 人名 readings).
SURNAMES: dict[str, tuple[str, ...]] = {
    "单于": ("chan yu",), "万俟": ("mo qi",), "尉迟": ("yu chi",), "长孙": ("zhang sun",), "澹台": ("tan tai",),
    "宰父": ("zai fu",), "亓官": ("qi guan",), "令狐": ("ling hu",),
    "单": ("shan",), "曾": ("zeng",), "仇": ("qiu",), "解": ("xie",), "查": ("zha",), "盖": ("ge",), "区": ("ou",),
    "任": ("ren",), "乐": ("yue", "le"), "朴": ("piao",), "尉": ("yu", "wei"), "秘": ("bi",), "洗": ("xian",),
    "冼": ("xian",), "折": ("she",), "黑": ("he",), "种": ("chong",), "繁": ("po",), "员": ("yun",), "燕": ("yan",),
    "召": ("shao",), "缪": ("miao",), "葛": ("ge",), "华": ("hua",), "逄": ("pang",), "重": ("chong",),
    "祭": ("zhai",), "宓": ("fu", "mi"), "么": ("yao",), "幺": ("yao",), "覃": ("qin", "tan"), "都": ("du",),
    "哈": ("ha",), "撒": ("sa",), "那": ("na",), "隗": ("wei", "kui"), "能": ("nai",), "车": ("che",), "过": ("guo",),
    "牟": ("mu", "mou"), "角": ("jue",), "阚": ("kan",), "晟": ("cheng",), "呙": ("guo",), "佴": ("nai",),
    "翟": ("zhai", "di"), "薄": ("bo",), "柏": ("bai", "bo"), "卜": ("bu",), "贾": ("jia",), "郗": ("xi", "chi"),
    "谌": ("chen", "shen"), "盛": ("sheng",), "句": ("gou",), "应": ("ying",), "相": ("xiang",), "沈": ("shen",),
}
_NOT_A_SIGN = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"[0-9]{2,18}|[0-9]{17}X|[0-9]{6}[A-Z]{1,2}[0-9]{0,17}|[A-Z]{1,3}[0-9]{4,15}")


def index(tx: Tx, row_id: int, name: str) -> None:
    """Make a case findable by its applicant's name; "" takes it out."""
    tx.session.connection().execute(text("DELETE FROM case_names WHERE rowid = :id"), {"id": row_id})
    if chars := _chars(name):
        tx.session.connection().execute(
            text("INSERT INTO case_names (rowid, chars, sounds) VALUES (:id, :chars, :sounds)"),
            {"id": row_id, "chars": " ".join(chars), "sounds": " ".join(sorted(sounds(name)))})


def find(wanted: str) -> ColumnElement[bool] | None:
    """The condition on cases that `wanted` means; None when it is empty."""
    chars = _chars(wanted)
    if not chars:
        return None
    # Quoted: FTS5 sees a string, never an operator. Nothing but letters and digits is left in the tokens anyway.
    expression = f'chars : "{" ".join(chars)}"'
    if all(char.isascii() for char in chars):
        expression = f'chars : "{" ".join(chars)}" * OR sounds : "{"".join(chars)}" *'
    # Parts of a union each use their index; the same said with OR would read the whole table.
    found = "SELECT rowid FROM case_names WHERE case_names MATCH :match"
    values = {"match": expression}
    plain = "".join(chars).upper()
    if _NUMBER.fullmatch(plain):
        found += (" UNION SELECT id FROM cases WHERE case_number BETWEEN :low AND :high"
                  " UNION SELECT id FROM cases WHERE applicant_number BETWEEN :low AND :high")
        values |= {"low": plain, "high": plain + "\uffff"}
    if is_case_number(plain):       # only a whole one: a paper in somebody's hand may show the number that another took the place of
        found += (" UNION SELECT cases.id FROM cases JOIN journal ON journal.case_uuid = cases.case_uuid"
                  " WHERE journal.what = 'case.renumbered' AND json_extract(journal.detail, '$.replaces') = :low")
    return col(CaseRow.id).in_(text(found).bindparams(**values))


def sounds(name: str) -> set[str]:
    """Pinyin and initials of a name in every reading, from each of its characters on."""
    chars = _chars(name)
    found: set[str] = set()
    for reading in _readings("".join(chars)):
        for start in range(len(reading)):
            rest = reading[start:]
            found.add("".join(rest))
            found.add("".join(syllable[0] for syllable in rest))
    return found


def _readings(chars: str) -> list[list[str]]:
    """Readings syllable by syllable: surnames in both readings, then one many-sounded character varied at a time."""
    if not chars:
        return []
    each = [_spellings(options) for options in pinyin(list(chars), style=Style.NORMAL, heteronym=True, v_to_u=False)]
    usual = [_spellings(options)[0] for options in pinyin(chars, style=Style.NORMAL, v_to_u=False)]
    if len(usual) != len(each):
        usual = [options[0] for options in each]
    readings = [usual]
    for length in (2, 1):
        for reading in SURNAMES.get(chars[:length], ()):
            readings.append([*reading.split(), *usual[length:]])  # noqa: PERF401 - a third nesting reads worse
    return readings + [[*base[:place], other, *base[place + 1:]]
                       for base in list(readings) for place, options in enumerate(each) for other in options
                       if other != base[place]]


def _spellings(options: list[str]) -> list[str]:
    """ü as lv, lyu and lu: all three are typed."""
    found: list[str] = []
    for option in options:
        plain = "".join(char for char in option.lower() if char.isalnum())
        found += [plain.replace("v", spelled) for spelled in ("v", "yu", "u")] if "v" in plain else [plain]
    return list(dict.fromkeys(found))


def _chars(name: str) -> list[str]:
    """The signs of a name, without spaces, dots and the · of longer names; of twins that look alike the usual one.

    Folded for the index alone, which has done so in every store there is. How values are written is the rules' business.
    """
    return list(_NOT_A_SIGN.sub("", unicodedata.normalize("NFKC", name)).casefold())
