"""Drawings of the birth certificate (two editions) and the death certificate (until and since 1 July 2026), all fields filled.

Labels are those of the printed papers; where each stands varies with the edition and the generator. Invented people only, marked 样张.
"""

import random
from dataclasses import dataclass

from hardware.readings import IdCard
from tests.specimens.papers import NATIONS, Specimen, day_words, finished, sex_word, wrapped
from tests.specimens.people import Birth, Death
from tests.specimens.sheet import Colour, Sheet, face_of


@dataclass(frozen=True)
class _Entry:
    """A label and what stands beside it; key "" = nobody asks for it."""

    label: str
    words: str
    key: str = ""
    truth: str = ""


def birth_certificate(mother: IdCard, father: IdCard, fact: Birth, rng: random.Random, *, older: bool = False) -> Specimen:
    """The main page: since 2023 a lying sheet of 267 x 190 mm with the parents in two blocks; `older` an upright one, line by line."""
    family = "族" if rng.random() < 0.4 else ""
    colon = "：" if older and rng.random() < 0.5 else ""

    def parent(who: str, key: str, card: IdCard) -> list[list[_Entry]]:
        assert card.nation is not None
        assert card.birth_date is not None
        nation = NATIONS[card.nation]
        return [
            [_Entry(f"{who}姓名", card.name, f"{key}_name"), _Entry("年龄", f"{fact.day.year - card.birth_date.year}周岁"),
             _Entry("国籍", "中国"), _Entry("民族", nation + family, f"{key}_nation", nation)],
            [_Entry("住址", card.address or "")],
            [_Entry("有效身份证件类别", "居民身份证"), _Entry("有效身份证件号码", card.number, f"{key}_id")],
        ]

    moment = f"{day_words(fact.day)}{fact.time[:2]}时{fact.time[3:]}分"
    child = [
        [_Entry("新生儿姓名", fact.child_name, "child_name"), _Entry("性别", sex_word(fact.child_sex), "child_sex"),
         _Entry("出生时间", moment, "birth", fact.day.isoformat())],
        [_Entry("出生孕周", f"{fact.weeks}周", "gestation", fact.weeks), _Entry("出生体重", f"{fact.weight}克", "weight", fact.weight),
         _Entry("出生身长", f"{fact.length}厘米", "length", fact.length)],
        [_Entry("出生地点", fact.place, "birth_place"), _Entry("医疗机构名称", fact.hospital, "hospital")],
    ]
    ends = [[_Entry("出生证编号", fact.cert_no, "cert_no"),
             _Entry("签发日期", day_words(fact.issued), "issue_date", fact.issued.isoformat())]]
    rows = [*child, *parent("母亲", "mother", mother), *parent("父亲", "father", father), *ends]
    if older:
        sheet = Sheet(190, 267, 8, (250, 240, 240), rng)
        sheet.waves((240, 222, 222), pitch=3.0)
        sheet.text(95, 22, "出生医学证明", 9, weight=face_of(rng), spread=3, centre=True)
        sheet.text(95, 35, "MEDICAL CERTIFICATE OF BIRTH", 3.6, centre=True)
        _upright(sheet, rows, 50 + rng.uniform(-4, 4), rng, colon)
        sheet.seal(148, 232, 18, "出生医学证明专用章")
        sheet.text(20, 248, "签发机构（签章）", 3.6)
        sheet.specimen_mark(170, 8, 4)
    else:
        sheet = Sheet(267, 190, 8, (248, 241, 214), rng)
        sheet.waves((238, 227, 190), pitch=3.0)
        sheet.text(133, 14, "出生医学证明", 9, weight=face_of(rng), spread=3, centre=True)
        sheet.text(133, 26, "BIRTH CERTIFICATE", 3.6, centre=True)
        _lying(sheet, rows, 38 + rng.uniform(-3, 2), rng)
        sheet.seal(226, 164, 16, "出生医学证明专用章")
        sheet.specimen_mark(246, 8, 4)
        _codes(sheet, fact.cert_no)
    sheet.fields["birth_time"] = fact.time
    return finished(sheet, "birth_certificate")


def _codes(sheet: Sheet, number: str) -> None:
    """The number once more as a bar code, a QR code, both or not at all; by the number alone, so that all else stays as it was drawn."""
    rng = random.Random(f"code {number}")
    kinds = rng.choice(("bar", "bar", "qr", "bar qr", ""))
    if "bar" in kinds:
        sheet.bar_code(rng.uniform(18, 26), rng.uniform(8, 11), rng.uniform(46, 60), rng.uniform(8, 12), number)
    if "qr" in kinds:
        sheet.qr_code(rng.uniform(212, 220), rng.uniform(8, 10), rng.uniform(15, 18), number)


def _write(sheet: Sheet, entry: _Entry, x: float, y: float, size: float, face: str, spread: float, room: int = 99) -> None:
    lines = wrapped(entry.words, room) if len(entry.words) > room else entry.words
    if entry.key:
        sheet.value(entry.key, entry.truth or entry.words, x, y, lines, size, weight=face, spread=spread, leading=1.3)
    else:
        for number, line in enumerate([lines] if isinstance(lines, str) else lines):
            sheet.text(x, y + number * size * 1.3, line, size, weight=face, spread=spread)


def _upright(sheet: Sheet, rows: list[list[_Entry]], top: float, rng: random.Random, colon: str) -> None:
    """One or two entries to a line, values behind their labels."""
    face, spread, size = face_of(rng), rng.uniform(0, 0.3), 4.2 + rng.uniform(-0.2, 0.3)
    y = top
    for row in rows:
        lines = [row[start:start + 2] for start in range(0, len(row), 2)]
        if row[-1].key.endswith("_id") or len(row) == 3 or row[-1].key == "hospital":
            lines = [[one] for one in row] if row[-1].key in {"birth", "hospital"} or row[-1].key.endswith("_id") else lines
        for line in lines:
            x = 20.0
            for entry in line:
                behind = sheet.text(x, y, entry.label + colon, size) + rng.uniform(2.5, 4.5)
                _write(sheet, entry, behind, y, size, face, spread)
                x = max(105.0, behind + len(entry.words) * size + 8)
            y += 10.6


def _lying(sheet: Sheet, rows: list[list[_Entry]], top: float, rng: random.Random) -> None:
    """A ruled table; as many entries to a row as the paper has, values on a rule."""
    ink: Colour = (120, 96, 60)
    face, spread, size = face_of(rng), rng.uniform(0, 0.2), 3.9 + rng.uniform(-0.1, 0.2)
    ruled = rng.random() < 0.6
    left, right, step = 18.0, 250.0, 13.2
    for number, row in enumerate(rows):
        y = top + number * step
        if ruled:
            sheet.rule(left, y - 3.6, right, y - 3.6, ink, 0.25)
        weights = [len(one.label) + len(one.words) * (0.62 if one.words.isascii() else 1.0) + 3 for one in row]
        unit, x = (right - left) / sum(weights), left + 1.5
        for entry, weight in zip(row, weights, strict=True):
            behind = sheet.text(x, y, entry.label, size - 0.2) + rng.uniform(2, 3)
            _write(sheet, entry, behind, y, size, face, spread)
            x += weight * unit
    if ruled:
        sheet.grid([left - 1, right + 1], [top - 3.6, top + len(rows) * step - 3.6], ink)


def death_certificate(person: IdCard, fact: Death, rng: random.Random, *, since_2026: bool = False) -> Specimen:
    """居民死亡医学证明（推断）书, the family's sheet, A4; since 1 July 2026 居民死亡医学证明, A5, numbered by the citizen number."""
    assert person.birth_date is not None
    assert person.nation is not None
    nation = NATIONS[person.nation]
    age = fact.day.year - person.birth_date.year - ((fact.day.month, fact.day.day) < (person.birth_date.month, person.birth_date.day))
    born, died = (day_words(person.birth_date), person.birth_date.isoformat()), (day_words(fact.day), fact.day.isoformat())
    name, sex = _Entry("死者姓名", person.name, "name"), _Entry("性别", sex_word(person.sex), "sex")
    people, years = _Entry("民族", nation + "族" * (rng.random() < 0.5), "nation", nation), _Entry("年龄", f"{age}岁", "age", str(age))
    kind, number = _Entry("有效身份证件类别", "居民身份证"), _Entry("证件号码", person.number, "id_number")
    place, cause = _Entry("死亡地点", fact.place, "death_place"), _Entry("死亡原因", fact.cause, "cause")
    birth, death = _Entry("出生日期", born[0], "birth", born[1]), _Entry("死亡日期", died[0], "death_date", died[1])
    marital, home = _Entry("婚姻状况", fact.marital, "marital"), _Entry("常住地址", person.address or "", "address")
    kin = [_Entry("家属姓名" if rng.random() < 0.5 else "可联系的家属姓名", fact.family_name, "family_name"),
           _Entry("联系电话", fact.family_phone, "family_phone")]
    issue = (day_words(fact.issued), fact.issued.isoformat())
    if since_2026:
        rows = [[name, sex, people], [kind, number], [birth, death], [years, marital], [place, cause], [home], kin]
        return _death_sheet(Sheet(210, 148, 9, (250, 250, 246), rng), "居民死亡医学证明", ("证明编码", fact.cert_no), rows, issue, rng)
    number = _Entry("有效身份证件号码" if rng.random() < 0.5 else "证件号码", person.number, "id_number")
    work = _Entry("生前工作单位", "无")
    rows = [[name, sex], [people, _Entry("国家或地区", "中国")], [kind], [number], [years, marital], [birth], [death],
            [place, _Entry("文化程度", "初中")], [work], [home], [cause], kin, [_Entry("家属住址或工作单位", "同上")],
            [_Entry("医师签名", "王示例"), _Entry("民警签名", "")]]
    sheet = Sheet(210, 297, 7.5, (249, 249, 244), rng)
    return _death_sheet(sheet, "居民死亡医学证明（推断）书", ("编号", fact.cert_no), rows, issue, rng)


def _death_sheet(sheet: Sheet, title: str, number: tuple[str, str], rows: list[list[_Entry]], issue: tuple[str, str],
                 rng: random.Random) -> Specimen:
    face, spread, size = face_of(rng), rng.uniform(0, 0.25), 3.8 + rng.uniform(-0.1, 0.3)
    low = sheet.height < 200
    top, step, left, right = (36.0, 12.6, 16.0, 194.0) if low else (50.0, 14.0, 18.0, 192.0)
    sheet.text(105, 10 if low else 16, title, 6.6, weight=face_of(rng), spread=0.8, centre=True)
    behind = sheet.text(120, top - 10, number[0] + "：", size)
    sheet.value("cert_no", number[1], behind + 1, top - 10, number[1], size, weight=face)
    sheet.grid([left, right], [top + n * step for n in range(len(rows) + 1)], (60, 60, 62))
    for n, row in enumerate(rows):
        y, x = top + n * step, left
        weights = [len(one.label) * 1.1 + max(4, len(one.words) * (0.6 if one.words.isascii() else 1.0)) + 2 for one in row]
        for entry, weight in zip(row, weights, strict=True):
            wide = len(entry.label) * (size - 0.2) + 4
            sheet.text(x + 2, y + (step - size) / 2 - 0.6, entry.label, size - 0.2)
            sheet.rule(x + wide, y, x + wide, y + step, (60, 60, 62))
            if x > left:
                sheet.rule(x, y, x, y + step, (60, 60, 62))
            share = (right - left) * weight / sum(weights)
            room = max(2, int((share - wide - 3) / (size + spread)))
            two = len(entry.words) > room and not entry.words.isascii()
            middle = y + (step - size) / 2 - 0.6
            if two:
                _write(sheet, entry, x + wide + 2, middle - 1.9, size - 0.5, face, 0, room)
            else:
                _write(sheet, entry, x + wide + 2, middle, size, face, spread)
            x += share
    foot = top + len(rows) * step + 5
    sheet.text(left + 2, foot, "医疗卫生机构（盖章）", size)
    sheet.text(left + 92, foot, "签发日期" if low else "填表日期", size)
    sheet.value("issue_date", issue[1], left + 112, foot, issue[0], size, weight=face)
    sheet.seal(left + 56, foot + 3, 12 if low else 16, "巨鹿县样本医院证明专用章")
    sheet.specimen_mark(186, 6, 3.6)
    return finished(sheet, "death_certificate")


