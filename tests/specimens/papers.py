"""Our own drawings of the papers a newborn case needs, with what a reader should read on them.

Layout varies with the random generator given (weights, spacing, positions); the labels are those of the printed papers.
Invented people only; every sheet is marked 样张.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from hardware.readings import IdCard, Image
from hardware.simulated.people import HOUSEHOLD, MARRIAGE, Household, Marriage
from tests.specimens.sheet import Colour, Sheet, face_of

NATIONS = {"01": "汉", "02": "蒙古", "03": "回", "04": "藏", "05": "维吾尔", "06": "苗", "08": "壮", "09": "布依", "11": "满",
           "12": "侗", "15": "土家", "20": "傈僳"}
BLUE: Colour = (22, 98, 150)


@dataclass(frozen=True)
class Specimen:
    """A paper as it left the press: BGR picture, size in mm, type, and the fields `oncedesk read` should give."""

    image: Image = field(repr=False)
    size: tuple[float, float]
    doc_type: str
    fields: dict[str, str]
    boxes: dict[str, tuple[float, float, float, float]]
    corner_radius: float = 0.0
    codes: tuple[tuple[str, str], ...] = ()
    """Kind and text of each bar or QR code printed on it."""


def finished(sheet: Sheet, doc_type: str, corner_radius: float = 0.0) -> Specimen:
    bgr = np.ascontiguousarray(np.asarray(sheet.image)[:, :, ::-1])
    return Specimen(bgr, (sheet.width, sheet.height), doc_type, dict(sheet.fields), dict(sheet.boxes), corner_radius, tuple(sheet.codes))


def sex_word(code: str) -> str:
    """GB/T 2261.1 digit as printed."""
    return {"1": "男", "2": "女"}[code]


def wrapped(words: str, width: int) -> list[str]:
    return [words[start:start + width] for start in range(0, len(words), width)]


def day_words(day: date) -> str:
    return f"{day.year}年{day.month:02d}月{day.day:02d}日"


def id_card_front(card: IdCard, rng: random.Random) -> Specimen:
    """Portrait side, 85.6 x 54 mm."""
    assert card.birth_date is not None
    assert card.address is not None
    assert card.nation is not None
    sheet = Sheet(85.6, 54.0, 14, (226, 236, 240), rng)
    sheet.wash((214, 230, 238), (238, 229, 232))
    sheet.waves((190, 212, 226))
    weight, spread = face_of(rng), rng.uniform(0.0, 0.35)
    x, y = 5.2 + rng.uniform(-0.6, 0.6), 6.0 + rng.uniform(-0.8, 0.6)
    values = x + 10.6
    small, size = 2.55, 3.15 + rng.uniform(-0.1, 0.15)

    def label(words: str, at_x: float, at_y: float) -> None:
        sheet.text(at_x, at_y + 0.35, words, small, fill=BLUE)

    label("姓 名", x, y)
    sheet.value("name", card.name, values, y - 0.2, card.name, size + 0.4, weight=weight, spread=spread + 0.2)
    label("性 别", x, y + 7.4)
    sheet.value("sex", sex_word(card.sex), values, y + 7.4, sex_word(card.sex), size, weight=weight)
    label("民 族", values + 9, y + 7.4)
    nation = NATIONS[card.nation]
    sheet.value("nation", nation, values + 18, y + 7.4, nation, size, weight=weight)
    label("出 生", x, y + 14.4)
    born = card.birth_date
    sheet.text(values, y + 14.4, str(born.year), size, weight=weight)
    label("年", values + 9.2, y + 14.4)
    sheet.text(values + 13.2, y + 14.4, str(born.month), size, weight=weight)
    label("月", values + 18.2, y + 14.4)
    sheet.text(values + 22.0, y + 14.4, str(born.day), size, weight=weight)
    label("日", values + 27.0, y + 14.4)
    sheet.fields["birth"] = born.isoformat()
    label("住 址", x, y + 21.4)
    sheet.value("address", card.address, values, y + 21.4, wrapped(card.address, 11 if len(card.address) <= 33 else 13),
                size if len(card.address) <= 33 else 2.75, weight=weight, spread=spread * 0.3)
    label("公民身份号码", x, 45.0 + rng.uniform(-0.5, 0.5))
    sheet.value("id_number", card.number, x + 23, 44.4, card.number, 3.6, weight="SemiBold", spread=0.25 + spread * 0.5)
    sheet.portrait(59.5, 7.5, 20.5, 27, (232, 236, 240))
    sheet.specimen_mark(74.5, 3.0)
    return finished(sheet, "id_card_front", 3.2)


def id_card_back(card: IdCard, rng: random.Random) -> Specimen:
    """Emblem side, 85.6 x 54 mm; the emblem is a plain red disc, not the state's."""
    assert card.authority is not None
    assert card.valid_from is not None
    sheet = Sheet(85.6, 54.0, 14, (230, 234, 236), rng)
    sheet.wash((236, 226, 226), (216, 231, 236))
    sheet.waves((198, 214, 218))
    weight = face_of(rng)
    scale = sheet.scale
    sheet.pen.ellipse((6 * scale, 5.5 * scale, 20 * scale, 19.5 * scale), fill=(196, 60, 48))
    sheet.pen.ellipse((7.6 * scale, 7.1 * scale, 18.4 * scale, 17.9 * scale), outline=(240, 205, 120), width=8)
    sheet.text(50, 5.2, "中华人民共和国", 4.6, weight=weight, spread=1.1, centre=True)
    sheet.text(50, 12.6, "居民身份证", 6.4, weight="SemiBold", spread=2.6, centre=True)
    x, y = 14 + rng.uniform(-1, 1), 35.6 + rng.uniform(-0.6, 0.8)
    sheet.text(x + 2, y, "签发机关", 2.9, weight="SemiBold")
    long = len(card.authority) > 13
    sheet.value("authority", card.authority, x + 20, y - (2.2 if long else 0.1), wrapped(card.authority, 12 if long else 13), 3.1,
                weight=weight, spread=rng.uniform(0, 0.25), leading=1.3)
    sheet.text(x + 2, y + 7.2, "有效期限", 2.9, weight="SemiBold")
    start = f"{card.valid_from:%Y.%m.%d}"
    end = "长期" if card.long_term or card.valid_to is None else f"{card.valid_to:%Y.%m.%d}"
    sheet.value("valid_from", card.valid_from.isoformat(), x + 20, y + 7.1, f"{start}-{end}", 3.1, weight=weight,
                spread=rng.uniform(0, 0.2))
    sheet.fields["valid_to"] = "长期" if end == "长期" or card.valid_to is None else card.valid_to.isoformat()
    sheet.specimen_mark(74.5, 48.8)
    return finished(sheet, "id_card_back", 3.2)


def marriage_certificate(wife: IdCard, husband: IdCard, fact: Marriage, rng: random.Random, *, wife_first: bool = True,
                         older: bool = False) -> Specimen:
    """The opened inner pages, 188 x 128 mm; the two data blocks stand one above the other on the right, in an `older` book on the left."""
    sheet = Sheet(188, 128, 10.5, (246, 232, 228), rng)
    sheet.waves((240, 214, 210), pitch=2.2)
    sheet.rule(94, 2, 94, 126, (222, 196, 192), 0.3)
    weight, spread = face_of(rng), rng.uniform(0.0, 0.3)
    half = 92 if older else 0
    sheet.portrait(half + 24, 12, 23, 32, (196, 54, 50))
    sheet.portrait(half + 47, 12, 23, 32, (196, 54, 50))
    sheet.seal(half + 72, 44, 13, "巨鹿县民政局婚姻登记专用章")
    x, y = half + 13 + rng.uniform(-2, 2), 60 + rng.uniform(-2, 2)
    for row, (label, key, truth, words) in enumerate((
            ("持 证 人", "holder", fact.holder, fact.holder),
            ("登记日期", "register_date", fact.register_date.isoformat(), day_words(fact.register_date)),
            ("结婚证字号", "cert_no", fact.cert_no, fact.cert_no))):
        sheet.text(x, y + row * 13, label, 4.0)
        sheet.value(key, truth, x + 26, y + row * 13, words, 3.9, weight=weight, spread=spread)
        sheet.rule(x + 25, y + row * 13 + 6.2, half + 88, y + row * 13 + 6.2, (190, 150, 146), 0.15)
    sheet.text(x, y + 39, "备    注", 4.0)
    law = "婚姻法" if older else "民法典"
    sheet.text(half + 50, 116, f"结婚申请，符合《中华人民共和国{law}》规定，予以登记，发给此证。", 2.3, centre=True,
               fill=(120, 80, 76))
    x = 103 - half + rng.uniform(-2, 2)
    for number, person in enumerate((wife, husband) if wife_first else (husband, wife), start=1):
        top = (16 if number == 1 else 70) + rng.uniform(-2, 2)
        assert person.birth_date is not None
        sheet.text(x, top, "姓    名", 3.9)
        long = len(person.name) > 5               # a transcribed name is printed smaller, not over what follows
        sheet.value(f"name_{number}", person.name, x + 20, top, person.name, 2.8 if long else 3.9, weight=weight,
                    spread=0 if long else spread)
        sheet.text(x + 46, top, "性别", 3.9)
        sheet.value(f"sex_{number}", sex_word(person.sex), x + 60, top, sex_word(person.sex), 3.9, weight=weight)
        sheet.text(x, top + 12, "国    籍", 3.9)
        sheet.text(x + 20, top + 12, "中国", 3.9, weight=weight)
        sheet.text(x + 34, top + 12, "出生日期", 3.9)
        sheet.value(f"birth_{number}", person.birth_date.isoformat(), x + 52, top + 12, day_words(person.birth_date), 3.5,
                    weight=weight)
        sheet.text(x, top + 24, "身份证号" if older else "身份证件号", 3.9)
        sheet.value(f"id_number_{number}", person.number, x + 26, top + 24, person.number, 3.9, weight=weight,
                    spread=spread)
    sheet.rule(101 - half, 62, 182 - half, 62, (214, 176, 172), 0.2)
    sheet.specimen_mark(172, 3, 3.2)
    return finished(sheet, "marriage_certificate")


def household_register_home(fact: Household, rng: random.Random) -> Specimen:
    """The booklet's first page, 143 x 105 mm."""
    sheet = Sheet(143, 105, 12, (243, 236, 222), rng)
    sheet.waves((232, 222, 204), pitch=2.0)
    ink: Colour = (96, 70, 60)
    weight, spread = face_of(rng), rng.uniform(0.0, 0.3)
    left, top = 9 + rng.uniform(-1.5, 1.5), 10 + rng.uniform(-2, 1.5)
    right = left + 125
    rows = [top, top + 11, top + 22, top + 36]
    sheet.grid([left, right], rows, ink)
    for split in (left + 58, left + 82):
        sheet.rule(split, rows[0], split, rows[1], ink, 0.25)
    sheet.rule(left + 20, rows[0], left + 20, rows[3], ink, 0.25)
    for words, x, y in (("户  别", left + 4, top + 3), ("户主姓名", left + 61, top + 3), ("户  号", left + 4, top + 14),
                        ("住  址", left + 4, top + 26)):
        sheet.text(x, y, words, 3.7)
    sheet.value("household_type", fact.household_type, left + 23, top + 3, fact.household_type, 3.8, weight=weight,
                spread=spread)
    sheet.value("head_name", fact.head_name, left + 86, top + 3, fact.head_name, 3.8, weight=weight, spread=spread)
    sheet.value("household_no", fact.household_no, left + 23, top + 14, fact.household_no, 3.8, weight=weight,
                spread=spread)
    sheet.value("address", fact.address, left + 23, top + 23.3, wrapped(fact.address, 22), 3.8, weight=weight)
    sheet.seal(left + 32, top + 57, 13.5, "河北省公安厅户口专用章")
    sheet.seal(left + 92, top + 57, 13.5, "巨鹿县公安局户口专用章")
    sheet.text(left + 14, top + 71, "省级公安机关户口专用章", 2.9, fill=ink)
    sheet.text(left + 72, top + 71, "户口登记机关户口专用章", 2.9, fill=ink)
    sheet.text(left + 2, top + 81, "承办人签章：", 3.5)
    sheet.text(left + 24, top + 81, "王示例", 3.5, weight=weight)
    sheet.value("issue_date", fact.issue_date.isoformat(), left + 76, top + 81, f"{day_words(fact.issue_date)}签发", 3.6,
                weight=weight)
    sheet.specimen_mark(left + 116, 4.0, 2.8)
    return finished(sheet, "household_register_home")


def household_register_member(card: IdCard, fact: Household, register_date: date, rng: random.Random) -> Specimen:
    """常住人口登记卡, 143 x 105 mm."""
    assert card.birth_date is not None
    assert card.nation is not None
    sheet = Sheet(143, 105, 12, (243, 236, 222), rng)
    sheet.waves((233, 224, 207), pitch=2.0)
    ink: Colour = (96, 70, 60)
    weight, spread = face_of(rng), rng.uniform(0.0, 0.2)
    left, top = 7 + rng.uniform(-1, 1), 13 + rng.uniform(-1, 1)
    sheet.text(71, 4.6, "常住人口登记卡", 4.8, weight="SemiBold", spread=1.6, centre=True)
    step = 8.6
    rows = [top + step * n for n in range(11)]
    sheet.grid([left, left + 129], rows, ink)

    def cells(row: int, splits: list[float]) -> None:
        for split in splits:
            sheet.rule(left + split, rows[row], left + split, rows[row + 1], ink, 0.25)

    def label(row: int, x: float, words: str, size: float = 3.1) -> None:
        sheet.text(left + x, rows[row] + 2.0, words, size)

    def value(key: str, row: int, x: float, words: str, truth: str | None = None) -> None:
        sheet.value(key, truth or words, left + x, rows[row] + 1.9, words, 3.3, weight=weight, spread=spread)

    for row in range(5):
        cells(row, [27, 73, 101])
    label(0, 2, "姓        名")
    value("name", 0, 29, card.name)
    _two_lines(sheet, left + 77, rows[0] + 0.9, "户主或与", "户主关系")
    value("relation", 0, 103, fact.member_relation)
    label(1, 2, "曾  用  名")
    label(1, 75, "性      别")
    value("sex", 1, 103, sex_word(card.sex))
    label(2, 2, "出  生  地")
    value("birth_place", 2, 29, fact.birth_place)
    label(2, 75, "民      族")
    value("nation", 2, 103, NATIONS[card.nation])
    label(3, 2, "籍        贯")
    value("native_place", 3, 29, fact.native_place)
    label(3, 75, "出生日期")
    value("birth", 3, 102, day_words(card.birth_date), card.birth_date.isoformat())
    _two_lines(sheet, left + 2, rows[4] + 0.7, "本市(县)", "其他住址")
    label(4, 75, "宗教信仰")
    cells(5, [27, 80, 91, 107, 118])
    if rng.random() < 0.3:
        _two_lines(sheet, left + 2, rows[5] + 0.7, "公民身份", "号码")
    else:
        label(5, 2, "公民身份号码")
    value("id_number", 5, 29, card.number)
    label(5, 81.5, "身高")
    value("height", 5, 93, f"{fact.height}厘米" if rng.random() < 0.3 else fact.height, fact.height)
    label(5, 108.5, "血型")
    value("blood", 5, 120, f"{fact.blood}型" if rng.random() < 0.3 else fact.blood, fact.blood)
    cells(6, [27, 58, 80, 98, 116])
    label(6, 2, "文化程度")
    value("education", 6, 29, fact.education)
    label(6, 60, "婚姻状况")
    value("marital", 6, 82, fact.marital)
    label(6, 99, "兵役状况")
    cells(7, [27, 87, 105])
    label(7, 2, "服务处所")
    value("employer", 7, 29, fact.employer)
    label(7, 89, "职    业")
    value("occupation", 7, 107, fact.occupation)
    cells(8, [46])
    label(8, 2, "何时由何地迁来本市(县)")
    cells(9, [46])
    label(9, 2, "何时由何地迁来本址")
    foot = rows[-1] + 0.8
    sheet.text(left + 4, foot, "承办人签章：", 3.2)
    sheet.text(left + 74, foot, "登记日期：", 3.2)
    sheet.value("register_date", register_date.isoformat(), left + 91, foot, day_words(register_date), 3.3, weight=weight)
    sheet.seal(left + 44, foot - 6, 8.5, "巨鹿县公安局户口专用")
    sheet.specimen_mark(128, 3.5, 2.8)
    return finished(sheet, "household_register_member")


def _two_lines(sheet: Sheet, x: float, y: float, first: str, second: str) -> None:
    sheet.text(x, y, first, 2.5)
    sheet.text(x, y + 3.5, second, 2.5)


def registration_form(mother: IdCard, father: IdCard, rng: random.Random) -> Specimen:
    """《出生医学证明》首次签发登记表: a plain A4 form; of no known type although its title names one."""
    sheet = Sheet(210, 297, 7.5, (250, 250, 247), rng)
    weight = face_of(rng)
    sheet.text(105, 20, "《出生医学证明》首次签发登记表", 6.4, weight="SemiBold", centre=True)
    sheet.text(20, 34, "签发机构：巨鹿县样本妇幼保健院", 3.7)
    left, top, step = 18.0, 42.0, 11.5
    rows = [top + step * n for n in range(17)]
    sheet.grid([left, left + 174], rows)
    lines = (
        ("新生儿姓名", "陈安禾", "性别", "女"), ("出生时间", "2024年05月06日08时26分", "出生孕周", "39周"),
        ("出生体重", "3250克", "出生身长", "50厘米"), ("出生地点", "河北省邢台市巨鹿县", "健康状况", "良好"),
        ("母亲姓名", mother.name, "年龄", "29"), ("国籍", "中国", "民族", "汉族"),
        ("住址", mother.address or "", "", ""),
        ("有效身份证件类别", "居民身份证", "证件号码", mother.number),
        ("父亲姓名", father.name, "年龄", "30"), ("国籍", "中国", "民族", "汉族"),
        ("住址", father.address or "", "", ""),
        ("有效身份证件类别", "居民身份证", "证件号码", father.number),
        ("领证人姓名", father.name, "与新生儿关系", "父亲"), ("联系电话", "13900000000", "领证日期", "2024年05月16日"),
        ("出生证编号", "", "签发日期", "2024年05月16日"), ("接生人员签字", "", "机构签章", ""),
    )
    for row, (a, b, c, d) in enumerate(lines):
        y = rows[row] + 3.4
        sheet.rule(left + 36, rows[row], left + 36, rows[row + 1])
        sheet.text(left + 3, y, a, 3.6)
        sheet.text(left + 39, y, b, 3.7, weight=weight)
        if c:
            sheet.rule(left + 100, rows[row], left + 100, rows[row + 1])
            sheet.rule(left + 128, rows[row], left + 128, rows[row + 1])
            sheet.text(left + 102, y, c, 3.6)
            sheet.text(left + 129.5, y, d, 3.5, weight=weight)
    sheet.seal(150, 226, 17, "巨鹿县样本妇幼保健院")
    sheet.text(20, 240, "以上内容经本人核对，与所提供的证件一致。", 3.6)
    sheet.text(20, 252, "新生儿父（母）亲签字：", 3.8)
    sheet.text(20, 264, "本表一式一份，由签发机构存档。", 3.2, fill=(90, 90, 90))
    sheet.specimen_mark(186, 8, 4)
    return finished(sheet, "other")


def power_of_attorney(principal: IdCard, agent: IdCard, rng: random.Random) -> Specimen:
    """授权委托书 on A4; of no known type."""
    sheet = Sheet(210, 297, 7.5, (251, 250, 246), rng)
    weight = face_of(rng)
    sheet.text(105, 30, "授权委托书", 9, weight="SemiBold", spread=3, centre=True)
    y = 58.0
    for words in (f"委托人：{principal.name}        性别：{sex_word(principal.sex)}",
                  f"身份证号码：{principal.number}", "",
                  f"受托人：{agent.name}        性别：{sex_word(agent.sex)}", f"身份证号码：{agent.number}", "",
                  "因本人身体原因，不能亲自前往办理新生儿出生一件事的",
                  "有关手续，特委托上述受托人代为办理。受托人在委托权限内",
                  "签署的有关文件，本人均予以承认。", "",
                  "委托期限：自签字之日起至上述事项办结止。", "", "委托人（签字）：", "受托人（签字）：",
                  "2024年05月16日"):
        sheet.text(26, y, words, 4.8, weight=weight)
        y += 12.5
    sheet.specimen_mark(186, 8, 4)
    return finished(sheet, "other")


Drawing = Callable[[random.Random], Specimen]


def every_paper(wife: IdCard, husband: IdCard, marriage: Marriage = MARRIAGE,
                household: Household = HOUSEHOLD) -> dict[str, Drawing]:
    """One drawing of each readable type for one family, by name."""
    return {
        "mother_card_front": lambda rng: id_card_front(wife, rng),
        "mother_card_back": lambda rng: id_card_back(wife, rng),
        "father_card_front": lambda rng: id_card_front(husband, rng),
        "father_card_back": lambda rng: id_card_back(husband, rng),
        "marriage_certificate": lambda rng: marriage_certificate(wife, husband, marriage, rng),
        "register_home": lambda rng: household_register_home(household, rng),
        "register_member": lambda rng: household_register_member(husband, household, household.issue_date, rng),
    }
