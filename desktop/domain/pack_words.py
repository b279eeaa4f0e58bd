"""What a pack's sources, clocks and rules say in Chinese: for the theme browser and for help. Decides nothing.

Its expressions are put into words by cel_words.py; what differs between two packs is themes.py.
"""

from datetime import date

from desktop.domain import cel_words
from desktop.domain.pack import Deadline, Field, FieldType, Rule, ThemePack

TYPES: dict[FieldType, str] = {
    "text": "文字", "choice": "选一项", "multi": "选几项", "date": "日期", "datetime": "日期和时间", "int": "整数",
    "id_number": "公民身份号码", "phone": "电话", "region": "行政区划", "bool": "是或否", "image": "影像或签名",
}
"""Field type -> what it takes."""
PAPERS = {
    "id_card_front": "身份证人像面", "id_card_back": "身份证国徽面", "marriage_certificate": "结婚证",
    "household_register_home": "户口簿首页", "household_register_member": "户口簿内页", "birth_certificate": "出生医学证明",
    "death_certificate": "死亡证明", "other": "其他纸件",
}
"""Doc type -> the paper, as a source names it."""
_KEYS = {
    "type": "证件类型", "name": "姓名", "english_name": "英文姓名", "sex": "性别", "nation": "民族", "birth_date": "出生日期",
    "birth": "出生日期", "address": "住址", "number": "号码", "id_number": "公民身份号码", "authority": "签发机关",
    "valid_from": "有效期起", "valid_to": "有效期止", "country": "国籍", "pass_number": "通行证号码", "times_issued": "签发次数",
    "newest_address": "追加住址", "old_number": "旧号码",
    "holder": "持证人", "cert_no": "编号", "register_date": "登记日期", "household_type": "户别", "household_no": "户号",
    "head_name": "户主姓名", "issue_date": "签发日期", "relation": "与户主关系", "birth_place": "出生地", "native_place": "籍贯",
    "education": "文化程度", "marital": "婚姻状况", "occupation": "职业", "employer": "服务处所", "height": "身高", "blood": "血型",
    "child_name": "新生儿姓名", "child_sex": "新生儿性别", "birth_time": "出生时间", "gestation": "孕周", "weight": "体重",
    "length": "身长", "hospital": "接生机构", "mother_name": "母亲姓名", "mother_nation": "母亲民族", "mother_id": "母亲证件号码",
    "father_name": "父亲姓名", "father_nation": "父亲民族", "father_id": "父亲证件号码", "age": "年龄", "death_date": "死亡日期",
    "death_place": "死亡地点", "cause": "死亡原因", "family_name": "家属姓名", "family_phone": "家属电话",
}
_STATION = {"region": "窗口所在县", "window": "窗口号", "hall": "大厅名称", "phone": "窗口电话", "institution": "机构名称"}
_TABLES = {"medins_division_name": "基层医保区划名称对照表", "medins_division_code": "基层医保区划编号对照表",
           "only_bank": "社保卡银行表（只有一家时）", "only_outlet": "社保卡网点表（只有一处时）"}
_SPOUSES = {"husband": "男方", "wife": "女方"}
_SEVERITY = {"error": "超过就不能受理", "warning": "超过时提醒", "notice": "只告知，由有关部门把关"}
_ON_FAIL = {"refuse": "", "warn": "不符合时只提醒", "correct": "不符合时请改正后再受理"}


def source(pack: ThemePack, text: str) -> str:
    """Where a value may come from: `chip:mother.number` -> 母亲身份证芯片：号码."""
    kind, _, rest = text.partition(":")
    subject, _, key = rest.rpartition(".")
    match kind:
        case "chip":
            return f"{person(pack, subject)}身份证芯片：{_KEYS.get(key, key)}"
        case "paper":
            paper, _, role = subject.partition(".")
            owner = f"（{person(pack, role)}）" if role else ""
            return f"{PAPERS.get(paper, paper)}{owner}：{_KEYS.get(key, key)}"
        case "push" if subject == "share":
            return "政务数据共享"
        case "push":
            return next((f"“{matter.name}”办结后由部门推送" for matter in pack.matters if matter.id == subject), "部门推送")
        case "hint":
            return f"{source(pack, rest)}（只作提示）"
        case "derive":
            return f"推算：{cel_words.value(pack, rest)}"
        case "copy":
            return f"与“{called(pack, rest)}”相同"
        case "lookup":
            table, _, argument = rest.rstrip(")").partition("(")
            return f"按“{called(pack, argument)}”查{_TABLES.get(table, '本地对照表')}"
        case "station":
            return f"本窗口的设置：{_STATION.get(rest, rest)}"
        case "default":
            return f"通常填“{rest}”"
        case "matters":
            return "要办的事项名称"
        case "slot":
            return "影像采集后自动填“已采集”"
    return text


def person(pack: ThemePack, role: str) -> str:
    """A role as screens call it: mother -> 母亲."""
    names = _SPOUSES | {one.role: one.name for one in pack.people} | {one.role: one.name for one in pack.aliases}
    return names.get(role, role)


def called(pack: ThemePack, key: str) -> str:
    """A field or question as screens call it."""
    entry = pack.by_key.get(key)
    return entry.called if entry else key


def required(pack: ThemePack, field: Field) -> str:
    """When a blank must be filled."""
    if field.required in {"yes", "no"}:
        return "必填" if field.required == "yes" else "可空"
    return f"必填，只要{cel_words.statement(pack, field.required)}"


def asked_when(pack: ThemePack, when: str) -> str:
    """When something is asked for; empty when always."""
    return "" if when in {"true", ""} else cel_words.statement(pack, when)


def on_fail(pack: ThemePack, rule: Rule) -> str:
    """What comes of a rule that is not met, beyond the refusal; empty when nothing is to be said."""
    names = [matter.name for matter in pack.matters if matter.id in rule.matters]
    left_out = f"只涉及{'、'.join(names)}，不符合时这些事项不办，其余照办" if names else ""
    return "；".join(filter(None, (left_out, _ON_FAIL[rule.on_fail])))


def clock(pack: ThemePack, deadline: Deadline) -> str:
    """How a statutory clock runs: from when, how long, whether day one counts, where it ends."""
    count = (f"{deadline.working_days}个工作日" if deadline.working_days is not None else f"{deadline.days}日" if deadline.days is not None
             else f"{deadline.months}个月" if deadline.months is not None else f"{deadline.hours}小时")
    parts = [f"从{cel_words.value(pack, deadline.start)}起算{count}"]
    if deadline.hours is None:
        parts.append("当天算第一天" if deadline.first_day_counts else "当天不算")
    if deadline.rolls:
        parts.append("最后一天是休息日的顺延到下一个工作日")
    if deadline.when != "true":
        parts.append(f"只在{cel_words.statement(pack, deadline.when)}时计")
    if names := [matter.name for matter in pack.matters if matter.id in deadline.matters]:
        parts.append(f"只在办理{'、'.join(names)}时计")
    parts.append(_SEVERITY[deadline.severity])
    return "，".join(parts)


def day(value: date) -> str:
    """2023 年 4 月 1 日."""
    return f"{value.year} 年 {value.month} 月 {value.day} 日"


def effective(pack: ThemePack) -> str:
    """The days on which a version holds."""
    return f"{day(pack.effective_from)}起" + (f"，至 {day(pack.effective_to)}" if pack.effective_to else "")
