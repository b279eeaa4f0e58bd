"""A made-up county's theme that uses what a pack may say beyond the newborn's: branches, rules about single matters, switches, clocks."""

from datetime import date

from desktop.domain.evaluate import Evaluation, evaluate
from desktop.domain.prefill import Answer, Fact, Source
from desktop.domain.themes import ThemePack, parse_pack
from desktop.domain.working_days import Pause
from tests.domain.conftest import CALENDAR, CODES

TEXT = """
id = "sample-move"
version = "1"
title = "搬家“一件事”"
short_title = "搬家"
icon = "house"
effective_from = 2026-01-01
case_letters = "BJ"
form_title = "搬家申请表"
greeting_fields = ["moved_on"]

[region]
code = "130000"
name = "河北省"

[county]
code = "130529"
name = "示例县"

[document]
number = "示发〔2026〕1号"
title = "关于搬家一件事的通知"
issuer = "示例县政府"

[[clauses]]
id = "all"
text = "搬家的人可以一并办理。"

[[departments]]
id = "police"
name = "公安局"
lead_when = "abroad == false"
lead = false

[[departments]]
id = "office"
name = "外办"
lead_when = "abroad"
lead = false

[[departments]]
id = "bank"
name = "公积金中心"
lead = false

[[people]]
role = "mover"
name = "搬家人"
name_key = "mover_name"
number_key = "mover_number"
sex = ""
when = "true"
claims = "true"

[[people]]
role = "helper"
name = "代办人"
name_key = "helper_name"
number_key = "helper_number"
when = "who_comes == '代办人'"
sex = ""
claims = "true"

[[aliases]]
role = "applicant"
name = "申请人"
question = "who_comes"
means = { "本人" = "mover", "代办人" = "helper" }

[applicant]
name_key = "mover_name"
number_key = "mover_number"
phone_key = "phone"

[[matters]]
id = "m_register"
name = "户口迁移"
department = "police"
working_days = 2
result = "户口簿"
prerequisites = []
optional = false

[[matters.branches]]
when = "abroad"
department = "office"
result = "注销证明"

[[matters]]
id = "m_medins"
name = "医保转移"
department = "police"
prerequisites = ["m_register"]
working_days = 1
result = "医保凭证"
optional = false

[[matters]]
id = "m_fund"
name = "公积金提取"
department = "bank"
prerequisites = ["m_register"]
optional = true
result = "到账短信"

[[conditions]]
id = "c1"
text = "搬到本县的。"
when = "moved_here"
clause = "all"
open_path = "到迁入地办理。"
on_fail = "refuse"
matters = []

[[conditions]]
id = "c2"
text = "缴存公积金满一年。"
when = "fund_years >= '1'"
clause = "all"
matters = ["m_fund"]
open_path = "满一年后到公积金中心单独提取。"
on_fail = "refuse"

[[conditions]]
id = "c3"
text = "代办人与收款人为同一人。"
when = "who_comes == '本人' || payee_is_agent"
clause = "all"
matters = ["m_fund"]
on_fail = "correct"
open_path = ""

[[exclusions]]
id = "x1"
text = "户口被冻结的。"
when = "frozen"
clause = "all"
open_path = "先到派出所解冻。"
on_fail = "refuse"
matters = []

[[questions]]
key = "who_comes"
label = "谁来办"
type = "choice"
choices = ["本人", "代办人"]
sources = []
checks = []
ask = "greeting"
when = "true"

[[questions]]
key = "payee_is_agent"
label = "收款人是代办人吗"
type = "bool"
when = "who_comes == '代办人' && 'm_fund' in matters"
sources = []
checks = []
ask = "greeting"

[[questions]]
key = "moved_here"
label = "是否搬到本县"
type = "bool"
sources = []
checks = []
ask = "greeting"
when = "true"

[[questions]]
key = "abroad"
label = "是否出国定居"
type = "bool"
sources = []
checks = []
ask = "greeting"
when = "true"

[[questions]]
key = "frozen"
label = "户口是否被冻结"
type = "bool"
sources = ["default:false"]
checks = []
ask = "greeting"
when = "true"

[[questions]]
key = "fund_years"
label = "缴存年数"
type = "choice"
choices = ["0", "1", "2"]
when = "'m_fund' in matters"
sources = []
checks = []
ask = "greeting"

[[materials]]
id = "mat_id"
name = "身份证"
form = "原件"
copies = "1"
clause = "all"
used_by = ["m_register", "m_medins", "m_fund"]
when = "true"
handling = "return"

[[materials.slots]]
doc_type = "id_card_front"
role = "mover"
label = "搬家人身份证"
or_chip = false
when = "true"

[[materials.slots]]
doc_type = "id_card_front"
role = "helper"
label = "代办人身份证"
when = "who_comes == '代办人'"
or_chip = false

[[materials]]
id = "mat_book"
name = "存折"
form = "原件"
copies = "1"
clause = "all"
used_by = ["m_fund"]
skip_when = "present(account)"
skip_reason = "平台已共享账户"
when = "true"
handling = "return"

[[materials.slots]]
doc_type = "other"
tag = "bank_book"
label = "存折首页"
or_chip = false
when = "true"

[[materials]]
id = "mat_lease"
name = "租房合同"
form = "复印件"
copies = "1"
clause = "all"
used_by = ["m_register"]
when = "true"
handling = "return"

[[materials.slots]]
doc_type = "other"
tag = "lease"
label = "合同"
or_chip = false
when = "true"

[[sections]]
id = "mover"
title = "一、搬家人"

[[sections.fields]]
key = "mover_name"
label = "姓名"
spoken = "搬家人姓名"
type = "text"
sources = ["chip:mover.name"]
required = "yes"
checks = []
used_by = []
show_when = "true"
masked = true

[[sections.fields]]
key = "mover_number"
label = "身份证号"
type = "id_number"
sources = ["chip:mover.number"]
checks = ["id_number"]
required = "yes"
used_by = []
show_when = "true"
masked = true

[[sections.fields]]
key = "phone"
label = "电话"
type = "phone"
required = "yes"
sources = []
checks = []
used_by = []
show_when = "true"
masked = true

[[sections.fields]]
key = "moved_on"
label = "搬入日期"
type = "date"
required = "yes"
sources = []
checks = []
used_by = []
show_when = "true"

[[sections.fields]]
key = "year"
label = "参保年度"
type = "choice"
choices = ["当年", "次年"]
offered = { "次年" = "month(moved_on) >= 10" }
used_by = ["m_medins"]
required = "yes"
sources = []
checks = []
show_when = "true"

[[sections.fields]]
key = "account"
label = "账户"
type = "text"
sources = ["push:share.account"]
used_by = ["m_fund"]
required = "yes"
checks = []
show_when = "true"

[[sections.fields]]
key = "ticked"
label = "办理事项"
type = "text"
sources = ["matters:"]
required = "yes"
checks = []
used_by = []
show_when = "true"

[[sections]]
id = "helper"
title = "二、代办人"

[[sections.fields]]
key = "helper_name"
label = "姓名"
spoken = "代办人姓名"
type = "text"
required = "who_comes == '代办人'"
show_when = "who_comes == '代办人'"
sources = ["chip:helper.name"]
checks = []
used_by = []
masked = true

[[sections.fields]]
key = "helper_number"
label = "身份证号"
type = "id_number"
required = "no"
show_when = "who_comes == '代办人'"
sources = ["chip:helper.number"]
checks = []
used_by = []
masked = true

[limit]
working_days = 5
text = "5 个工作日"
clause = "all"
excluded = []

[[deadlines]]
id = "d1"
text = "搬入后一个月内"
start = "moved_on"
months = 1
clause = "all"
when = "true"
matters = []
first_day_counts = false
rolls = false
severity = "warning"

[[deadlines]]
id = "d2"
text = "提取后七日"
start = "moved_on"
days = 7
matters = ["m_fund"]
clause = "all"
severity = "notice"
when = "true"
first_day_counts = false
rolls = false

[[deadlines]]
id = "d3"
text = "出国前三日"
start = "moved_on"
days = 3
when = "abroad"
clause = "all"
severity = "notice"
matters = []
first_day_counts = false
rolls = false

[[switches]]
id = "insure_first"
text = "参保不必等户口"
reason = "新规允许先参保"
drops = [["m_medins", "m_register"]]
waives = ["mat_lease"]

[[reductions]]
id = "r1"
kind = "visits"
text = "由3次减为1次"
before = 3
after = 1
clause = "all"

[[papers]]
id = "form"
title = "搬家申请表"
kind = "form"
proposed = true
reason = "文件没有附样式"

[fee]
text = "不收费"
clause = "all"
"""

PACK = parse_pack(TEXT, "made_up.toml")
ANSWERS = {"who_comes": "本人", "moved_here": "true", "abroad": "false", "fund_years": "2", "moved_on": "2026-11-02", "year": "次年",
           "mover_name": "林晓月", "mover_number": "130529199503150028", "phone": "13800138000", "account": "6222021234567890"}
PAGES = ("id_card_front.mover", "other.lease")


def look(pack: ThemePack = PACK, facts: tuple[Fact, ...] = (), deselected: tuple[str, ...] = (), pauses: tuple[Pause, ...] = (),
         accepted_on: date | None = None, **changes: str | None) -> Evaluation:
    """The complete case of one who comes himself, with some answers changed; None = not answered."""
    hand = {key: Answer(key=key, value=value, source=Source.HAND) for key, value in {**ANSWERS, **changes}.items() if value is not None}
    return evaluate(pack, facts, hand, PAGES, date(2026, 11, 23), CALENDAR, CODES, {"region": "130529"}, (), accepted_on, deselected,
                    pauses)
