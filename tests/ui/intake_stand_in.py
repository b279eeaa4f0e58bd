"""Flows that answer from memory, for the intake's own tests: one newborn case with the 38 blanks of the form.

They decide nothing as the rules do; they show views and remember what the window asked of them.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np

from desktop.domain.prefill import Role
from desktop.domain.problem import Problem
from desktop.domain.working_days import Day
from desktop.flows.accept import Accept, CannotAccept
from desktop.flows.bundle import Flows
from desktop.flows.capture_page import CapturePage, LiveLook, Scanned
from desktop.flows.correct import Correct
from desktop.flows.fill import Fill
from desktop.flows.greet import Greet
from desktop.flows.material_papers import MaterialPapers
from desktop.flows.print_jobs import MaybePrinted
from desktop.flows.print_papers import PrintPapers
from desktop.flows.rate import AlreadyRated, Channel, Invitation, Rate
from desktop.flows.read_card import ReadCard
from desktop.flows.sign import SheetChanged, Sign, Stroke
from desktop.flows.views import (
    Accepted,
    ApplicantSheet,
    CapturedPage,
    CaseView,
    Contradiction,
    Cutout,
    FieldView,
    LeftOut,
    MaterialView,
    MatterView,
    PersonView,
    PrintView,
    QuestionView,
    RuleView,
    SectionView,
    Session,
    SheetRow,
    SideView,
    SlotView,
)
from hardware.faults import DeviceFault, FaultCode
from hardware.opencv import cv2
from hardware.readings import Frame, Image

SESSION = Session(user_id="u1", login="wang", name="王秀兰", role="clerk")
CASE = "00000000-0000-7000-8000-000000000001"
NOW = datetime(2026, 11, 20, 2, 32, 5, tzinfo=UTC)

_ID_TYPES = ("居民身份证", "居民户口簿", "护照", "港澳居民来往内地通行证", "台湾居民来往大陆通行证", "港澳台居民居住证",
             "外国人永久居留身份证")
_RELATIONS = ("母亲", "父亲", "祖父", "祖母", "外祖父", "外祖母", "其他监护人")
_NATIONS = ("汉族", "蒙古族", "回族", "藏族", "维吾尔族", "苗族", "彝族", "壮族", "满族")


@dataclass(frozen=True)
class Blank:
    """One row of the printed form."""

    section: str
    key: str
    label: str
    type: str = "text"
    choices: tuple[str, ...] = ()
    required: bool = True
    editable_choice: bool = False
    locked: bool = False
    wide: bool = False
    help: str = ""


SECTIONS = (("applicant", "申报人信息"), ("newborn", "新生儿信息"), ("parents", "父母信息"), ("ssc", "社保卡信息"),
            ("medins", "医保信息"))

BLANKS = (
    Blank("applicant", "applicant_id_type", "申报人证件类型", "choice", _ID_TYPES),
    Blank("applicant", "applicant_id_no", "申报人公民身份号码", "id_number"),
    Blank("applicant", "applicant_name", "申报人姓名"),
    Blank("applicant", "applicant_sex", "申报人性别", "choice", ("男", "女")),
    Blank("applicant", "applicant_phone", "申报人联系电话", "phone", help="办理进度会发到这个号码"),
    Blank("applicant", "applicant_relation_to_newborn", "与新生儿关系", "choice", _RELATIONS),
    Blank("applicant", "applicant_hukou_region", "申报人户籍所在地", "region", wide=True),
    Blank("newborn", "newborn_birth_cert_no", "《出生医学证明》编号"),
    Blank("newborn", "newborn_name", "姓名"),
    Blank("newborn", "newborn_sex", "性别", "choice", ("男", "女")),
    Blank("newborn", "newborn_ethnicity", "民族", "choice", _NATIONS),
    Blank("newborn", "newborn_birth_date", "出生日期", "date"),
    Blank("newborn", "newborn_id_no", "身份证号（由数据产生，共享推送）", "id_number", required=False, locked=True),
    Blank("newborn", "birth_registration_category", "出生登记类别", "choice", ("国内出生", "国外出生", "其他")),
    Blank("newborn", "newborn_relation_to_householder", "与户主关系", "choice",
          ("子", "女", "孙子", "孙女", "外孙子", "外孙女", "其他")),
    Blank("newborn", "newborn_id_valid_from", "证件有效期开始", "date", required=False),
    Blank("newborn", "newborn_id_valid_to", "证件有效期结束", "date", required=False),
    Blank("newborn", "newborn_native_place_country", "籍贯国家", "choice", ("中国", "其他"), editable_choice=True),
    Blank("newborn", "newborn_native_place_region", "籍贯省市区", "region"),
    Blank("newborn", "hukou_address", "户口详细地址", wide=True),
    Blank("newborn", "newborn_occupation", "职业", required=False),
    Blank("newborn", "newborn_birthplace_country", "出生地国家", "choice", ("中国", "其他"), editable_choice=True),
    Blank("newborn", "newborn_birthplace_region", "出生地省市区", "region"),
    Blank("parents", "father_id_no", "父亲身份证号码", "id_number"),
    Blank("parents", "father_name", "父亲姓名"),
    Blank("parents", "mother_id_no", "母亲身份证号码", "id_number"),
    Blank("parents", "mother_name", "母亲姓名"),
    Blank("ssc", "ssc_collect_method", "领取方式", "choice", ("自领", "邮寄")),
    Blank("ssc", "ssc_issue_region", "社保卡发卡地区", "region"),
    Blank("ssc", "ssc_issue_bank", "社保卡发卡银行", "choice", ("示例银行", "样本银行", "范例农商银行", "演示信用社"),
          editable_choice=True),
    Blank("ssc", "ssc_pickup_outlet", "自取社保卡网点", "choice", ("示例镇网点", "样本路网点", "范例街网点", "演示里网点"),
          editable_choice=True),
    Blank("ssc", "mail_recipient_name", "邮寄收件人姓名", required=False),
    Blank("ssc", "mail_recipient_address", "邮寄收件人地址", required=False, wide=True),
    Blank("ssc", "mail_recipient_phone", "邮寄收件人电话", "phone", required=False),
    Blank("medins", "medins_region", "参保地区", "region"),
    Blank("medins", "medins_identity", "参保身份", "choice", ("新生儿", "未成年居民", "学生")),
    Blank("medins", "medins_grassroots_division_name", "基层医保区划名称"),
    Blank("medins", "medins_grassroots_division_code", "基层医保区划编号"),
)

_REGION_NAMES = {"130529": "河北省邢台市巨鹿县", "130000": "河北省"}
_FATHER_ID = "130529199308060016"
_MOTHER_ID = "130529199503150028"
_ADDRESS = "河北省邢台市巨鹿县示例镇样本路18号3单元402室"


@dataclass(frozen=True)
class Held:
    """One answer as the stand-in remembers it."""

    value: str
    source: str
    origin: str = ""
    confidence: float = 1.0
    needs_look: bool = False
    cutout: Cutout | None = None
    problem: Problem | None = None
    sides: tuple[SideView, ...] = ()


def cards_and_papers() -> dict[str, Held]:
    """What the cards and papers of the invented family fill in."""
    page, book = "page-marriage", "page-book"
    return {
        "applicant_id_type": Held("居民身份证", "default", "本主题的常用值"),
        "applicant_id_no": Held(_MOTHER_ID, "chip", "母亲身份证芯片"),
        "applicant_name": Held("林晓月", "chip", "母亲身份证芯片"),
        "applicant_sex": Held("女", "chip", "母亲身份证芯片"),
        "applicant_relation_to_newborn": Held("母亲", "derived", "由申报人与母亲身份证号码相同推算"),
        "applicant_hukou_region": Held("130529", "recognised", "户口簿首页", 0.98, cutout=Cutout(book, (0.18, 0.42, 0.6, 0.1))),
        "newborn_ethnicity": Held("汉族", "derived", "由父母民族一致推算"),
        "birth_registration_category": Held("国内出生", "default", "本主题的常用值"),
        "newborn_native_place_country": Held("中国", "default", "本主题的常用值"),
        "newborn_native_place_region": Held("130529", "recognised", "户口簿内页", 0.97, cutout=Cutout(book, (0.2, 0.6, 0.4, 0.09))),
        "hukou_address": Held(_ADDRESS.replace("样本路", "样木路"), "recognised", "户口簿首页", 0.71, needs_look=True,
                              cutout=Cutout(book, (0.18, 0.42, 0.74, 0.12)),
                              problem=Problem(code="sources.disagree", severity="warning", key="hukou_address",
                                              params={"label": "户口详细地址", "value": "…样木路18号…",
                                                      "other": "…样本路18号…"})),
        "newborn_birthplace_country": Held("中国", "default", "本主题的常用值"),
        "newborn_birthplace_region": Held("130529", "derived", "由出生机构所在地推算"),
        "father_id_no": Held(_FATHER_ID, "chip", "父亲身份证芯片"),
        "father_name": Held("陈志远", "chip", "父亲身份证芯片"),
        "mother_id_no": Held(_MOTHER_ID, "chip", "母亲身份证芯片"),
        "mother_name": Held("林晓月", "recognised", "结婚证", 0.99, cutout=Cutout(page, (0.3, 0.55, 0.2, 0.08))),
        "ssc_issue_region": Held("130529", "copied", "与参保地区相同"),
        "medins_region": Held("130529", "copied", "与户口详细地址的地区相同"),
        "medins_identity": Held("新生儿", "default", "本主题的常用值"),
        "medins_grassroots_division_name": Held("示例镇医保所", "default", "本窗口的常用值"),
    }


@dataclass
class Memory:
    """What the stand-in was asked, and the case it holds."""

    answers: dict[str, Held] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, ...]] = field(default_factory=list)
    slots: dict[str, str] = field(default_factory=dict)
    deselected: set[str] = field(default_factory=set)
    left_out: dict[str, LeftOut] = field(default_factory=dict)
    situations: bool = False
    """Whether a question with several answers is asked."""
    cards: list[str] = field(default_factory=list)
    step: str = "eligibility"
    status: str = "draft"
    case_number: str = ""
    signed: bool = False
    signed_stale: bool = False
    printed: bool = False
    prints: dict[str, PrintView] = field(default_factory=dict)
    papers: tuple[str, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    undo: list[dict[str, Held]] = field(default_factory=list)
    saves: int = 0
    slow: float = 0.0
    """Seconds every answer takes."""
    fault: Exception | None = None
    """Raised by the next device call."""
    ready: bool | None = None
    frames: int = 0
    looks: int = 0
    pad: bool = False
    """Whether a signature pad is set up."""
    keypad: int | None = None
    """The key somebody will press; 0 = none; None = there is no keypad."""
    contradictions: tuple[Contradiction, ...] = ()
    offer: bool = True
    ratings: list[tuple[int, tuple[str, ...], str, str]] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)


def _field(blank: Blank, memory: Memory) -> FieldView:
    held = memory.answers.get(blank.key)
    value = held.value if held else ""
    method = memory.answers.get("ssc_collect_method")
    by_mail = method is not None and method.value == "邮寄"
    visible = True
    if blank.key.startswith("mail_"):
        visible = by_mail
    elif blank.key == "ssc_pickup_outlet":
        visible = not by_mail
    problems: tuple[Problem, ...] = ()
    if held and held.problem:
        problems = (held.problem,)
    elif blank.type == "id_number" and value and len(value) != 18:
        problems = (Problem(code="id_number.length", key=blank.key, params={"have": str(len(value)), "need": "18"}),)
    elif blank.required and visible and not value:
        problems = (Problem(code="field.required", key=blank.key, params={"label": blank.label}),)
    return FieldView(
        key=blank.key, label=blank.label, type=blank.type, choices=blank.choices, editable_choice=blank.editable_choice,
        required=blank.required, locked=blank.locked, visible=visible, width="full" if blank.wide else "half", help=blank.help,
        value=value, shown=_REGION_NAMES.get(value, value), source=held.source if held else "",
        confidence=held.confidence if held else 0.0, needs_look=bool(held and held.needs_look),
        cutout=held.cutout if held else None, origin_text=held.origin if held else "", problems=problems,
        sides=held.sides if held else ())


def _questions(memory: Memory) -> tuple[QuestionView, ...]:
    def one(key: str, label: str, type_: str, choices: tuple[str, ...] = (), help_: str = "",
            ask: Any = "greeting") -> QuestionView:
        value = memory.questions.get(key, "")
        return QuestionView(key=key, label=label, type=type_, choices=choices, help=help_, value=value,
                            source="hand" if value else "", ask=ask)

    return (
        one("applicant_role", "今天来办理的是", "choice", ("母亲", "父亲", "受托人"), "不是母亲本人来办时，需要母亲签字的委托书"),
        one("born_in_province", "新生儿是否在本省医疗保健机构内出生", "bool"),
        one("birth_date", "新生儿出生日期", "date", help_="出生后 30 个工作日内申请"),
        one("settle_follow", "新生儿随谁落户", "choice", ("父亲", "母亲")),
        *((one("situations", "有没有下列情况", "multi", ("都没有", "未取名", "单亲")),) if memory.situations else ()),
        one("settle_hukou_type", "落户户口的类别", "choice", ("家庭户", "集体户"), ask="papers"),
    )


def _conditions(memory: Memory) -> tuple[RuleView, ...]:
    q = memory.questions
    born: Any = {"true": "yes", "false": "no"}.get(q.get("born_in_province", ""), "unknown")
    if born == "yes" and not q.get("birth_date"):
        born = "unknown"
    missing = tuple(label for key, label in (("born_in_province", "是否在本省出生"), ("birth_date", "新生儿出生日期"))
                    if not q.get(key))
    married: Any = "yes" if "slot.marriage" in memory.slots else "unknown"
    both: Any = "yes" if len(memory.cards) > 1 and q.get("settle_follow") else "unknown"
    return (
        RuleView("在本省医疗保健机构内出生的新生儿，出生后30个工作日内申请办理；", born, () if born != "unknown" else missing,
                 "《办理规范》二（一）：在本省医疗保健机构内出生的新生儿，出生后30个工作日内申请办理；", warning=False,
                 open_path="可到户籍所在地派出所单独办理户口登记。"),
        RuleView("为现行婚姻内生育的新生儿；", married, () if married == "yes" else ("结婚证登记日期",),
                 "《办理规范》二（二）：为现行婚姻内生育的新生儿；", warning=False, open_path="各事项仍可分别单独办理。"),
        RuleView("父母均为本省户籍，民族一致，符合随父或随母落家庭户。", both,
                 () if both == "yes" else ("父亲户籍地区", "母亲户籍地区", "随谁落户"),
                 "《办理规范》二（三）：父母均为本省户籍，民族一致，符合随父或随母落家庭户。", warning=False,
                 open_path="民族不一致的，先到户籍派出所确认民族成份。"),
    )


def _materials(memory: Memory) -> tuple[MaterialView, ...]:
    def slot(name: str, label: str, doc_type: str) -> SlotView:
        evidence = memory.slots.get(name)
        chip = (name == "slot.mother" and "mother" in memory.cards) or (name == "slot.father" and "father" in memory.cards)
        status: Any = "captured" if evidence else "chip_only" if chip else "missing"
        return SlotView(name, label, doc_type, evidence, status)

    def material(id_: str, name: str, form: str, slots: tuple[SlotView, ...], required: Any = "yes", note: str = "",
                 handling: str = "核验退还") -> MaterialView:
        return MaterialView(id_, name, form, "1 份", note, required, handling, slots,
                            complete=bool(slots) and all(s.status != "missing" for s in slots), clause_text=f"表1：{name}")

    agent: Any = {"母亲": "no", "父亲": "yes", "受托人": "yes"}.get(memory.questions.get("applicant_role", ""), "unknown")
    return (
        material("mat_form", "《出生医学证明》首次签发登记表", "原件",
                 (slot("slot.first_issue", "首次签发登记表", "other"),), handling="收取",
                 note="所有项目要字迹清楚，核对正确无误后签字确认"),
        material("mat_parent_ids", "父母双方有效身份证件", "原件和复印件",
                 (slot("slot.mother", "母亲身份证", "id_card_front"), slot("slot.father", "父亲身份证", "id_card_front")),
                 note="查看原件，留存复印件"),
        material("mat_applicant_id", "申领人本人有效身份证件", "原件和复印件",
                 (slot("slot.mother", "申领人身份证", "id_card_front"),)),
        material("mat_poa", "办理《出生医学证明》授权委托书", "原件", (slot("slot.poa", "授权委托书", "other"),), required=agent,
                 note="非新生儿母亲申领时提供", handling="收取"),
        material("mat_marriage", "《结婚证》", "原件", (slot("slot.marriage", "结婚证", "marriage_certificate"),)),
        material("mat_hukou", "落户方户口簿", "原件",
                 (slot("slot.book_home", "户口簿首页", "household_register_home"),
                  slot("slot.book_member", "父或母的户口内页", "household_register_member")),
                 note="提供户口簿主页及父或母的户口内页"),
    )


def _matters(memory: Memory) -> tuple[MatterView, ...]:
    live = memory.status not in {"draft", "correcting"}

    def one(id_: str, name: str, department: str, prerequisites: tuple[str, ...] = (), optional: bool = False,
            state: str = "acknowledged", detail: str = "") -> MatterView:
        selected = id_ not in memory.deselected
        now = state if live and selected else "queued" if selected and not live else "not_selected" if not selected else state
        return MatterView(id_, name, department, now, prerequisites, selected, optional, detail if live else "", "",
                          NOW if live else None, left_out=memory.left_out.get(id_))

    return (
        one("m_birth_cert", "《出生医学证明》签发", "卫生健康部门", state="done", detail="证件编号 Z130000123"),
        one("m_vaccination", "预防接种证办理", "疾控部门", optional=True, state="in_progress"),
        one("m_hukou", "户口登记", "公安派出所", ("《出生医学证明》签发",), state="acknowledged"),
        one("m_medins", "城乡居民参保登记", "医疗保障部门", ("户口登记",), optional=True, state="waiting"),
        one("m_ssc", "社会保障卡申领", "人力资源社会保障部门", ("户口登记",), optional=True, state="waiting"),
    )


def _clock() -> tuple[Day, ...]:
    days, number, day = [], 0, date(2026, 11, 23)
    while number < 6:
        counts = day.weekday() < 5
        number += counts
        days.append(Day(day, counts, "工作日" if counts else "周末", number, provisional=False))
        day += timedelta(days=1)
    return tuple(days)


_PEOPLE = (PersonView("mother", "母亲"), PersonView("father", "父亲"), PersonView("agent", "受托人"))


def case_view(memory: Memory) -> CaseView:
    """The case as it stands in `memory`."""
    sections = []
    for section_id, title in SECTIONS:
        fields = tuple(_field(blank, memory) for blank in BLANKS if blank.section == section_id)
        sections.append(SectionView(section_id, title, fields, sum(bool(f.value) for f in fields),
                                    sum(f.required for f in fields)))
    every = [f for s in sections for f in s.fields if f.visible]
    materials = _materials(memory)
    conditions = _conditions(memory)
    problems = [p for f in every for p in f.problems]
    problems += [one.problem for one in memory.contradictions]
    problems += [Problem(code="material.missing", params={"name": m.name}) for m in materials
                 if m.required == "yes" and not m.complete]
    problems.sort(key=lambda p: p.severity != "error")
    verdicts = {c.verdict for c in conditions}
    eligibility: Any = "no" if "no" in verdicts else "unknown" if "unknown" in verdicts else "yes"
    ready = memory.ready if memory.ready is not None else not any(p.severity == "error" for p in problems)
    name = memory.answers.get("newborn_name")
    live = memory.status not in {"draft", "correcting"}
    clock = _clock()
    return CaseView(
        case_uuid=CASE, case_number=memory.case_number, theme_id="hebei-newborn", theme_version="2023",
        theme_title="新生儿出生“一件事一次办”", people=_PEOPLE,
        short_title="新生儿出生", status=memory.status, step=memory.step, editable=not live,
        questions=_questions(memory), conditions=conditions, eligibility=eligibility, materials=materials,
        sections=tuple(sections), problems=tuple(problems), matters=_matters(memory), limit_text="6个工作日。",
        due_date=clock[-1].day, due_is_provisional=False, clock=clock,
        notices=("户口登记应在新生儿出生后一个月内办理，请留意先到的期限。", "往返邮寄的时间不另扣除。"),
        fields_total=38, fields_filled=sum(bool(f.value) for f in every),
        fields_automatic=sum(f.source not in {"", "hand"} for f in every), fields_typed=sum(f.source == "hand" for f in every),
        ready=ready, signed=memory.signed and not memory.signed_stale, signed_stale=memory.signed_stale,
        saved_at=NOW + timedelta(seconds=memory.saves), title=(name.value if name else "") or "新生儿出生",
        sync="waiting" if live else "none", sync_note="platform.unreachable" if live else "", papers=memory.papers,
        receipt_printed=memory.printed, can_undo=bool(memory.undo), contradictions=memory.contradictions,
        prints=tuple(replace(memory.prints.get(kind, PrintView(kind, "none", 0)), path=path) for kind, path in (
            ("receipt", ""), *((Path(path).stem, path) for path in memory.papers))))


class _Flow:
    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def _device(self) -> None:
        if self.memory.fault is not None:
            fault, self.memory.fault = self.memory.fault, None
            raise fault

    def _changed(self) -> CaseView:
        self.memory.saves += 1
        if self.memory.signed:
            self.memory.signed_stale = True
        return case_view(self.memory)


class StandInGreet(_Flow, Greet):
    def start(self, session: Session, theme_id: str) -> CaseView:
        self.memory.asked.append(("start", theme_id))
        return case_view(self.memory)


class StandInFill(_Flow, Fill):
    def open(self, session: Session, case_uuid: str) -> CaseView:
        self.memory.asked.append(("open", case_uuid))
        return case_view(self.memory)

    def answer(self, session: Session, case_uuid: str, key: str, value: str) -> CaseView:
        if self.memory.slow:
            time.sleep(self.memory.slow)
        self.memory.asked.append(("answer", key, value))
        if any(q.key == key for q in _questions(self.memory)):
            self.memory.questions[key] = value
            return self._changed()
        self.memory.undo.append(dict(self.memory.answers))
        if value:
            self.memory.answers[key] = Held(value, "hand", "窗口人员手填")
        else:
            self.memory.answers.pop(key, None)
        return self._changed()

    def confirm(self, session: Session, case_uuid: str, key: str) -> CaseView:
        self.memory.asked.append(("confirm", key))
        self.memory.contradictions = tuple(one for one in self.memory.contradictions if one.key != key)
        if key in self.memory.answers:
            self.memory.answers[key] = replace(self.memory.answers[key], needs_look=False, problem=None, sides=())
        return self._changed()

    def choose(self, session: Session, case_uuid: str, key: str, origin: str) -> CaseView:
        self.memory.asked.append(("choose", key, origin))
        taken = next(side for side in self.memory.answers[key].sides if side.origin == origin)
        self.memory.answers[key] = Held(taken.shown, "hand", f"{taken.origin_text}，窗口选定", cutout=taken.cutout)
        return self._changed()

    def undo(self, session: Session, case_uuid: str) -> CaseView:
        self.memory.asked.append(("undo",))
        if self.memory.undo:
            self.memory.answers = self.memory.undo.pop()
        return self._changed()

    def leave_at(self, session: Session, case_uuid: str, step: str) -> None:
        self.memory.asked.append(("leave_at", step))
        self.memory.step = step

    def select_matter(self, session: Session, case_uuid: str, matter_id: str, selected: bool) -> CaseView:
        self.memory.asked.append(("select_matter", matter_id, str(selected)))
        (self.memory.deselected.discard if selected else self.memory.deselected.add)(matter_id)
        return self._changed()


class StandInReadCard(_Flow, ReadCard):
    def read(self, session: Session, case_uuid: str, role: Role | None = None, timeout: float = 10.0) -> tuple[CaseView, Role]:
        self.memory.asked.append(("read_card", role or "auto"))
        self._device()
        got: Role = role or ("father" if "mother" in self.memory.cards else "mother")
        self.memory.cards.append(got)
        self.memory.undo.append(dict(self.memory.answers))
        for key, held in cards_and_papers().items():
            if held.source != "recognised":
                self.memory.answers.setdefault(key, held)
        return self._changed(), got


def page_picture(title: str = "居民户口簿") -> Image:
    """A page with writing and lines, 900 x 640, BGR."""
    image = np.full((640, 900, 3), (214, 236, 242), np.uint8)
    cv2.rectangle(image, (70, 140), (830, 580), (110, 120, 120), 2)
    for row in range(1, 5):
        cv2.line(image, (70, 140 + row * 88), (830, 140 + row * 88), (110, 120, 120), 1)
    cv2.line(image, (280, 140), (280, 580), (110, 120, 120), 1)
    for row in range(5):
        cv2.putText(image, f"SPECIMEN {row + 1}", (300, 195 + row * 88), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (60, 50, 40), 2)
        cv2.putText(image, "item", (110, 195 + row * 88), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (90, 80, 70), 1)
    cv2.putText(image, title.encode("ascii", "ignore").decode() or "REGISTER", (330, 95), cv2.FONT_HERSHEY_SIMPLEX, 1.4,
                (50, 40, 40), 3)
    return cast("Image", image)


class StandInCapture(_Flow, CapturePage):
    has_scanner = False
    automatic = False
    reading_fault = None

    def set_automatic(self, *, on: bool) -> None:
        self.memory.asked.append(("set_automatic", str(on)))

    def preview(self, width: int) -> Frame:
        self._device()
        self.memory.frames += 1
        desk = np.full((width * 3 // 4, width, 3), (44, 54, 48), np.uint8)
        page = cv2.resize(page_picture(), (width * 2 // 3, width * 2 // 3 * 640 // 900))
        top, left = (desk.shape[0] - page.shape[0]) // 2, width // 6
        desk[top:top + page.shape[0], left:left + page.shape[1]] = page
        return Frame(image=desk, sequence=self.memory.frames, full_size=(2592, 1944))

    def look(self, frame: Frame) -> LiveLook:
        self.memory.looks += 1
        return LiveLook(quads=(((0.17, 0.18), (0.83, 0.18), (0.83, 0.82), (0.17, 0.82)),), verdict=None, sharpness=0.86,
                        complete=True, light=0.55)

    def read_ahead(self, since: float) -> None:
        self.memory.asked.append(("read_ahead", ""))

    def capture(self, session: Session, case_uuid: str, wanted_slot: str | None = None, *,
                still_since: float | None = None) -> tuple[CaseView, tuple[CapturedPage, ...]]:
        self.memory.asked.append(("capture", "ahead" if still_since else wanted_slot or ""))
        self._device()
        slot = wanted_slot or next(
            (s.slot for m in _materials(self.memory) if m.required == "yes" for s in m.slots if s.status == "missing"), None)
        if slot is None:
            return case_view(self.memory), (CapturedPage("page-x", "death_certificate", None, 0, None),)
        self.memory.slots[slot] = "page-book" if "book" in slot else "page-marriage"
        self.memory.undo.append(dict(self.memory.answers))
        for key, held in cards_and_papers().items():
            if held.cutout is not None and held.cutout.evidence_id == self.memory.slots[slot]:
                self.memory.answers.setdefault(key, held)
        return self._changed(), (CapturedPage(self.memory.slots[slot], "marriage_certificate", slot, 3, None),)

    def import_file(self, session: Session, case_uuid: str, path: Path, wanted_slot: str | None = None,
                    progress: Callable[[int, int], None] | None = None) -> Scanned:
        self.memory.asked.append(("import", path.name))
        return Scanned(*self.capture(session, case_uuid, wanted_slot), 1)

    def discard(self, session: Session, case_uuid: str, evidence_id: str) -> CaseView:
        self.memory.asked.append(("discard", evidence_id))
        self.memory.slots = {slot: kept for slot, kept in self.memory.slots.items() if kept != evidence_id}
        return self._changed()

    def page_image(self, evidence_id: str) -> Image:
        return page_picture()

    def cutout(self, cutout: Cutout) -> Image:
        page = page_picture()
        x, y, w, h = cutout.box
        height, width = page.shape[:2]
        return np.ascontiguousarray(page[int(y * height):int((y + h) * height), int(x * width):int((x + w) * width)])


class StandInSign(_Flow, Sign):
    @property
    def has_pad(self) -> bool:
        return self.memory.pad

    def sign_on_pad(self, session: Session, case_uuid: str, digest: str, timeout: float = 120.0) -> CaseView:
        self.memory.asked.append(("sign_on_pad", digest))
        self.memory.stopped.clear()
        if self.memory.stopped.wait(0.3):
            raise DeviceFault(FaultCode.CANCELLED)
        self._device()
        self.memory.signed, self.memory.signed_stale = True, False
        return case_view(self.memory)

    def stop_pad(self) -> None:
        self.memory.stopped.set()

    def sheet(self, session: Session, case_uuid: str) -> ApplicantSheet:
        self.memory.asked.append(("sheet",))
        shown = {f.key: f.shown for s in case_view(self.memory).sections for f in s.fields}
        rows = (SheetRow("宝宝姓名", shown["newborn_name"] or "—"), SheetRow("性别", shown["newborn_sex"] or "—"),
                SheetRow("出生日期", shown["newborn_birth_date"] or "—"), SheetRow("父亲", "陈志远  130529********0016"),
                SheetRow("母亲", "林晓月  130529********0028"), SheetRow("落户地址", shown["hukou_address"] or "—"),
                SheetRow("社保卡", shown["ssc_collect_method"] or "—"))
        return ApplicantSheet(title="新生儿出生“一件事一次办”", rows=rows,
                              matters="《出生医学证明》签发、预防接种证办理、户口登记、城乡居民参保登记、社会保障卡申领",
                              due="2026 年 11 月 30 日前办结", consent="以上内容我已看过，真实有效；同意为办理上述事项使用这些信息。",
                              text="\n".join(f"{row.label}:{row.value}" for row in rows), digest=f"{self.memory.saves:064x}")

    def sign(self, session: Session, case_uuid: str, digest: str, strokes: tuple[Stroke, ...], png: bytes,
             device: str = "screen") -> CaseView:
        self.memory.asked.append(("sign", digest))
        if digest != f"{self.memory.saves:064x}":
            raise SheetChanged
        self.memory.strokes = strokes
        self.memory.signed, self.memory.signed_stale = True, False
        assert png.startswith(b"\x89PNG")
        return case_view(self.memory)


class StandInRate(_Flow, Rate):
    @property
    def has_keypad(self) -> bool:
        return self.memory.keypad is not None

    def invitation(self, session: Session, case_uuid: str) -> Invitation:
        return Invitation("新生儿出生“一件事一次办”", self.memory.offer, bool(self.memory.ratings))

    def rate(self, session: Session, case_uuid: str, level: int, reasons: tuple[str, ...] = (), text: str = "",
             channel: Channel = "screen") -> None:
        self._device()
        if self.memory.ratings:
            raise AlreadyRated
        self.memory.ratings.append((level, reasons, text, channel))

    def rate_on_keypad(self, session: Session, case_uuid: str, timeout: float = 60.0) -> None:
        self.memory.stopped.clear()
        if self.memory.stopped.wait(0.3):
            raise DeviceFault(FaultCode.CANCELLED)
        if not self.memory.keypad:
            raise DeviceFault(FaultCode.TIMEOUT)
        self.rate(session, case_uuid, self.memory.keypad, channel="keypad")

    def stop_keypad(self) -> None:
        self.memory.stopped.set()


class StandInAccept(_Flow, Accept):
    def accept(self, session: Session, case_uuid: str) -> Accepted:
        self.memory.asked.append(("accept",))
        view = case_view(self.memory)
        if not view.ready or not view.signed:
            raise CannotAccept(tuple(p for p in view.problems if p.severity == "error")
                               or (Problem(code="case.not_signed"),))
        self.memory.status, self.memory.case_number, self.memory.step = "accepted", "130529XS20261120000152", "done"
        self.memory.papers = ("新生儿出生申报表单.pdf", "受理通知书.pdf")
        assert view.due_date is not None
        return Accepted(self.memory.case_number, "巨一件事受〔2026〕00015号", view.due_date, self.memory.papers)


class StandInPrint(_Flow, PrintPapers):
    def receipt(self, session: Session, case_uuid: str, *, sure: bool = False) -> CaseView:
        self.memory.asked.append(("receipt", "sure") if sure else ("receipt",))
        self._print("receipt", sure=sure)
        self.memory.printed = True
        return case_view(self.memory)

    def paper(self, session: Session, case_uuid: str, kind: str, *, sure: bool = False) -> CaseView:
        self.memory.asked.append(("paper", kind))
        self._print(kind, sure=sure)
        return case_view(self.memory)

    def seen(self, session: Session, case_uuid: str, kind: str = "receipt") -> CaseView:
        self.memory.asked.append(("seen", kind))
        self.memory.prints[kind] = PrintView(kind, "done", 1)
        self.memory.printed = self.memory.printed or kind == "receipt"
        return case_view(self.memory)

    def _print(self, kind: str, *, sure: bool) -> None:
        before = self.memory.prints.get(kind, PrintView(kind, "none", 0))
        if before.state == "unsure" and not sure:
            raise MaybePrinted
        try:
            self._device()
        except DeviceFault as fault:
            if fault.sent:
                self.memory.prints[kind] = PrintView(kind, "unsure", before.copies + 1, fault.code.value)
            raise
        self.memory.prints[kind] = PrintView(kind, "done", before.copies + 1)

    def pages(self, path: str, width: int) -> tuple[Image, ...]:
        self.memory.asked.append(("pages", path))
        sheet = np.full((int(width * 1.414), width, 3), 255, np.uint8)
        page = cv2.resize(page_picture(), (width * 3 // 4, width * 8 // 15))
        sheet[width // 8:width // 8 + page.shape[0], width // 8:width // 8 + page.shape[1]] = page
        return (sheet, sheet)


class StandInMaterials(_Flow, MaterialPapers):
    def pages(self, case_uuid: str, material_id: str, width: int) -> tuple[Image, ...]:
        self.memory.asked.append(("material", material_id))
        sheet = np.full((int(width * 1.414), width, 3), 255, np.uint8)
        page = cv2.resize(page_picture(), (width * 3 // 4, width * 8 // 15))
        sheet[width // 8:width // 8 + page.shape[0], width // 8:width // 8 + page.shape[1]] = page
        return (sheet,)


class StandInCorrect(_Flow, Correct):
    def notice(self, session: Session, case_uuid: str) -> tuple[CaseView, str]:
        self.memory.asked.append(("correct",))
        self.memory.status = "correcting"
        return case_view(self.memory), "补正告知书.pdf"


def stand_in(change: Callable[[Memory], None] | None = None) -> tuple[Flows, Memory]:
    """Flows over one remembered case; the rooms the intake never enters stay empty."""
    memory = Memory()
    if change is not None:
        change(memory)
    nothing: Any = None
    return Flows(
        sign_in=nothing, people=nothing, greet=StandInGreet(memory), fill=StandInFill(memory),
        read_card=StandInReadCard(memory), capture_page=StandInCapture(memory), sign=StandInSign(memory), accept=StandInAccept(memory),
        print_papers=StandInPrint(memory), correct=StandInCorrect(memory), search=nothing, follow=nothing, close_day=nothing,
        devices=nothing, browse_themes=nothing, rate=StandInRate(memory), material_papers=StandInMaterials(memory),
        take_portrait=nothing, confirm_date=nothing), memory


def filled(memory: Memory) -> None:
    """The case after both cards and every page."""
    memory.cards[:] = ["mother", "father"]
    memory.answers.update(cards_and_papers())
    memory.questions.update(applicant_role="母亲", born_in_province="true", birth_date="2026-11-10", settle_follow="父亲",
                            settle_hukou_type="家庭户")
    memory.slots.update({"slot.marriage": "page-marriage", "slot.book_home": "page-book", "slot.book_member": "page-book",
                         "slot.first_issue": "page-first"})


def typed(memory: Memory) -> None:
    """The case with everything filled."""
    filled(memory)
    for key, value in {
        "applicant_phone": "13800000000", "newborn_birth_cert_no": "Z130000123", "newborn_name": "陈㛃安", "newborn_sex": "女",
        "newborn_birth_date": "2026-11-10", "newborn_relation_to_householder": "女", "ssc_collect_method": "自领",
        "ssc_issue_bank": "示例银行", "ssc_pickup_outlet": "示例镇网点", "medins_grassroots_division_code": "130529100000",
    }.items():
        memory.answers[key] = Held(value, "hand", "窗口人员手填")
    held = memory.answers["hukou_address"]
    memory.answers["hukou_address"] = replace(held, value=_ADDRESS, needs_look=False, problem=None)
