"""Makes the reference part of resources/help/theme-packs.md from the pack's own models, the rules' functions, the checks and the sources.

`python -m tests.domain.make_pack_help` writes it. What a key means in Chinese stands in resources/help/theme-pack-keys.toml.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

import resources
from desktop.domain import cel_words, checks, codes, pack_entries, pack_words
from desktop.domain.pack import MUST_BE_WRITTEN, ThemePack

FOLDER = Path(resources.__file__).parent / "help"
HELP = FOLDER / "theme-packs.md"
MARK = "<!-- 以下由 python -m tests.domain.make_pack_help 生成，请不要手改 -->\n"
_SOURCES = (
    ("chip:mother.number", "chip:<谁>.<项>", "身份证芯片"), ("paper:id_card_front.mother.name", "paper:<纸件>[.<谁>].<项>", "识别的纸件"),
    ("push:m_hukou.newborn_id_no", "push:<事项>.<项>", "部门办结后推送"), ("push:share.hukou", "push:share.<项>", "政务数据共享"),
    ("hint:chip:mother.address", "hint:<来源>", "只作提示，请核对"), ("derive:mother_name", "derive:<规则>", "推算"),
    ("copy:hukou_address", "copy:<key>", "与另一栏相同"), ("lookup:only_bank(ssc_issue_region)", "lookup:<表>(<key>)", "查本地表"),
    ("station:region", "station:<项>", "窗口的设置"), ("default:中国", "default:<值>", "通常的填法"),
    ("matters:", "matters:", "要办的事项名称"), ("slot:signature", "slot:<采集位>", "影像采集后填“已采集”"),
)
"""An example, how it is written, what it is."""


def words() -> dict[str, dict[str, str]]:
    """What each key means, by model and key."""
    return tomllib.loads((FOLDER / "theme-pack-keys.toml").read_text("utf-8"))


def models() -> tuple[type[BaseModel], ...]:
    """Every table a pack may hold, in the order in which a pack names them."""
    found: dict[type[BaseModel], None] = {}

    def visit(model: type[BaseModel]) -> None:
        found.setdefault(model)
        for field in model.model_fields.values():
            for inner in _inside(field.annotation):
                if inner not in found:
                    visit(inner)

    visit(ThemePack)
    return tuple(found)


def _inside(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for part in get_args(kind):
        yield from _inside(part)


def _given(model: type[BaseModel], key: str, field: FieldInfo) -> str:
    if field.is_required():
        return "必须写"
    if key in MUST_BE_WRITTEN.get(model.__name__, ()):
        default = field.get_default()
        usual = {True: "true", False: "false", (): "[]"}.get(default, f'"{default}"')
        return f"必须写，平常写 `{usual}`"
    default = field.get_default()
    if default in (None, "", (), {}):
        return "可以不写"
    shown = {True: "true", False: "false"}.get(default, default) if isinstance(default, bool) else default
    return f"不写就是 `{shown}`"


def _takes(kind: Any) -> str:
    origin, parts = get_origin(kind), get_args(kind)
    if origin is UnionType or type(None) in parts:
        return _takes(next(part for part in parts if part is not type(None)))
    if origin is tuple:
        inner = _takes(parts[0])
        return "若干项" if inner == "表" else f"若干个{inner}"
    if str(kind).startswith("typing.Literal"):
        return " / ".join(f"`{part}`" for part in parts if part) if len(parts) < 8 else "见“栏目的类型”"
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "表"
    return {"str": "文字", "int": "整数", "bool": "true 或 false", "date": "日期"}.get(getattr(kind, "__name__", ""), "名字 = 值")


def reference() -> str:
    """The generated part."""
    said = words()
    lines = ["", "## 全部的键", ""]
    for model in models():
        own = said[model.__name__]
        lines += [f"### {own['_table']}", "", own["_about"], "", "| 键 | 填什么 | 要不要写 | 说明 |", "|---|---|---|---|"]
        lines += [f"| `{key}` | {_takes(field.annotation)} | {_given(model, key, field)} | {own[key]} |"
                  for key, field in model.model_fields.items()]
        lines.append("")
    lines += ["## 栏目的类型", "", "| 类型 | 填什么 |", "|---|---|"]
    lines += [f"| `{kind}` | {word} |" for kind, word in pack_words.TYPES.items()]
    lines += ["", "## 来源", "", "从强到弱；强的在，弱的不顶替它。", "", "| 写法 | 是什么 |", "|---|---|"]
    lines += [f"| `{form}` | {what} |" for _, form, what in _SOURCES]
    lines += ["", f"芯片上有的项：{_listed(pack_entries.CARD_KEYS)}。", "", f"窗口设置：{_listed(pack_entries.STATION_KEYS)}。", "",
              f"查的表：{_listed(codes.LOOKUPS)}。", "", "## 纸件", "", "| 纸件 | 写法 | 上面有的项 |", "|---|---|---|"]
    lines += [f"| {pack_words.PAPERS[kind]} | `{kind}` | {_listed(keys) or '不识别内容'} |"
              for kind, keys in pack_entries.PAPER_KEYS.items()]
    lines += ["", "结婚证上的两个人写 `husband` 和 `wife`，例如 `paper:marriage_certificate.husband.name`。", "", "## 规则里的函数", "",
              "| 写法 | 意思 |", "|---|---|"]
    for call, meaning in cel_words.FUNCTIONS.values():
        arguments = call.partition("(")[2].rstrip(")").split(", ")
        if "." in call.partition("(")[0]:
            arguments = [call.partition(".")[0], *arguments]
        lines.append(f"| `{call}` | {meaning.format(*arguments)} |")
    lines += ["", "随时可用的名字：" + "，".join(f"`{name}` {word}" for name, word in cel_words.VARIABLES.items()) + "。",
              "", "## 校验", "", "| 写法 | 查什么 |", "|---|---|"]
    lines += [f"| `{name}{'(key)' if name in checks.WITH_ARGUMENT else ''}` | {said['checks'][name]} |" for name in checks.CHECKS]
    lines += ["", f"代码表：{_listed((*codes.CODESETS, *codes.LOCAL_LISTS))}。", ""]
    return "\n".join(lines)


def _listed(names: tuple[str, ...]) -> str:
    return "、".join(f"`{name}`" for name in names)


def whole() -> str:
    """The help as it should stand in the file."""
    return HELP.read_text("utf-8").partition(MARK)[0] + MARK + reference()


if __name__ == "__main__":
    HELP.write_text(whole(), "utf-8")
