"""A pack's CEL expressions said in Chinese, for people who read rules and do not write them. Decides nothing: that is rules.py.

Knows as much of CEL's grammar as packs use; what it cannot take apart it gives back as it is written.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from desktop.domain.pack import Field, Question, ThemePack

VARIABLES = {"today": "今天", "applied_on": "申请日", "window_region": "窗口所在县", "unknown": "说不准", "matters": "要办的事项",
             "wanted": "想办的事项"}
FUNCTIONS: dict[str, tuple[str, str]] = {
    "province": ("province(地区)", "{0}所属的省"),
    "city": ("city(地区)", "{0}所属的市"),
    "county": ("county(地区)", "{0}所属的县"),
    "region_in": ("region_in(地址)", "{0}里写的地区"),
    "region_name": ("region_name(地区)", "{0}的地名"),
    "add_days": ("add_days(日期, n)", "{0}之后{1}天"),
    "add_months": ("add_months(日期, n)", "{0}之后{1}个月"),
    "add_working_days": ("add_working_days(日期, n)", "{0}之后第{1}个工作日"),
    "next_working_day": ("next_working_day(日期)", "{0}（遇休息日顺延）"),
    "working_days_between": ("working_days_between(起, 止)", "{0}到{1}的工作日数"),
    "days_between": ("days_between(起, 止)", "{0}到{1}的天数"),
    "age_on": ("age_on(日期, 出生日期)", "到{0}时按{1}算的周岁"),
    "month": ("month(日期)", "{0}的月份"),
    "year": ("year(日期)", "{0}的年份"),
    "id_valid": ("id_valid(证件号码)", "{0}是有效的证件号码"),
    "id_kind": ("id_kind(证件号码)", "{0}是哪一类证件号码"),
    "sex_of": ("sex_of(证件号码)", "{0}表示的性别"),
    "birth_of": ("birth_of(证件号码)", "{0}表示的出生日期"),
    "region_of": ("region_of(证件号码)", "{0}前六位表示的地区"),
    "present": ("present(key)", "已有{0}"),
    "size": ("size(文字)", "{0}的字数"),
    "contains": ("文字.contains(文字)", "{0}里有{1}"),
    "startsWith": ("文字.startsWith(文字)", "{0}以{1}开头"),
    "endsWith": ("文字.endsWith(文字)", "{0}以{1}结尾"),
    "matches": ("文字.matches(正则)", "{0}符合格式{1}"),
    "string": ("string(值)", "{0}"),
    "int": ("int(值)", "{0}"),
    "double": ("double(值)", "{0}"),
    "bool": ("bool(值)", "{0}"),
}
"""Function -> how it is called, and what it says of its arguments."""

_STATEMENTS = frozenset({"id_valid", "present", "contains", "startsWith", "endsWith", "matches"})
_DAYS = frozenset({"add_days", "add_months", "add_working_days", "next_working_day", "birth_of"})
_TOKEN = re.compile(r"""\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)"""
                    r"|(&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]]))")
_LEVELS = (("||",), ("&&",), ("==", "!=", "<=", ">=", "<", ">", "in"), ("+", "-"), ("*", "/", "%"))
_BINDS = {sign: level for level, signs in enumerate(_LEVELS) for sign in signs}
_SIGNS = {"+": "加", "-": "减", "*": "乘", "/": "除以", "%": "除以后余"}
_NUMBERS = {"<": "小于", "<=": "不超过", ">": "超过", ">=": "不少于"}
_DATES = {"<": "早于", "<=": "不晚于", ">": "晚于", ">=": "不早于"}


@dataclass(frozen=True)
class Node:
    """One part of an expression: `kind` is text, number, name, list, call, not, if or an operator."""

    kind: str
    word: str = ""
    parts: tuple["Node", ...] = ()


def parsed(source: str) -> Node:
    """An expression taken apart. Raises ValueError for what packs do not use of CEL."""
    return _Parser(source).whole()


def statement(pack: ThemePack, source: str) -> str:
    """What an expression asks for, as a statement: `applicant_role != '母亲'` -> “申领人是新生儿的”不是“母亲”."""
    return _said(pack, source, truth=True)


def value(pack: ThemePack, source: str) -> str:
    """What an expression comes to, as a thing: `add_months(birth, 1)` -> “出生日期”之后1个月."""
    return _said(pack, source, truth=False)


@lru_cache(maxsize=2048)
def _said(pack: ThemePack, source: str, *, truth: bool) -> str:
    try:
        node = parsed(source)
    except ValueError:
        return source
    speaker = _Speaker(pack)
    return speaker.statement(node) if truth else speaker.value(node)


class _Parser:
    """Recursive descent over the operators of `_LEVELS`; ValueError when the text is something else."""

    def __init__(self, source: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(source.rstrip()):
            found = _TOKEN.match(source, at)
            if not found:
                raise ValueError(source)
            kind = ("text", "number", "name", "sign")[(found.lastindex or 1) - 1]
            self._tokens.append((kind, found[found.lastindex or 1]))
            at = found.end()
        self._tokens.append(("end", ""))
        self._at = 0

    def whole(self) -> Node:
        """The one expression the text holds."""
        node = self._choice()
        if self._tokens[self._at][0] != "end":
            raise ValueError(self._tokens[self._at][1])
        return node

    def _take(self, *words: str) -> str:
        kind, word = self._tokens[self._at]
        if kind in {"sign", "name"} and word in words:
            self._at += 1
            return word
        return ""

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise ValueError(self._tokens[self._at][1])

    def _choice(self) -> Node:
        node = self._binary(0)
        if self._take("?"):
            yes = self._choice()
            self._expect(":")
            return Node("if", parts=(node, yes, self._choice()))
        return node

    def _binary(self, least: int) -> Node:
        """Operators that bind at least so tightly."""
        node = self._unary()
        while (level := _BINDS.get(self._tokens[self._at][1], -1)) >= least:
            sign = self._tokens[self._at][1]
            self._at += 1
            node = Node(sign, parts=(node, self._binary(level + 1)))
        return node

    def _unary(self) -> Node:
        if self._take("!"):
            return Node("not", parts=(self._unary(),))
        if self._take("-"):
            return Node("-", parts=(Node("number", "0"), self._unary()))
        node = self._primary()
        while self._take("."):
            kind, name = self._tokens[self._at]
            if kind != "name":
                raise ValueError(name)
            self._at += 1
            self._expect("(")
            node = Node("call", name, (node, *self._items(")")))
        return node

    def _primary(self) -> Node:
        kind, word = self._tokens[self._at]
        if kind == "end":
            raise ValueError("nothing more")
        self._at += 1
        if kind == "text":
            return Node("text", word[1:-1])
        if kind == "number":
            return Node("number", word)
        if kind == "name":
            return Node("call", word, self._items(")")) if self._take("(") else Node("name", word)
        if word == "(":
            node = self._choice()
            self._expect(")")
            return node
        if word == "[":
            return Node("list", parts=self._items("]"))
        raise ValueError(word)

    def _items(self, end: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while not self._take(end):
            items.append(self._choice())
            if not self._take(","):
                self._expect(end)
                break
        return tuple(items)


class _Speaker:
    """Says nodes in the words of one pack."""

    def __init__(self, pack: ThemePack) -> None:
        self._entries: Mapping[str, Field | Question] = pack.by_key
        self._matters = {matter.id: matter.name for matter in pack.matters}

    def statement(self, node: Node) -> str:
        """As something that holds or does not."""
        match node.kind:
            case "name" if node.word in {"true", "false"}:
                return "总是" if node.word == "true" else "从不"
            case "name":
                return f"{self.value(node)}为“是”" if node.word != "unknown" else VARIABLES["unknown"]
            case "not" if node.parts[0].kind == "name":
                return f"{self.value(node.parts[0])}为“否”"
            case "not" if node.parts[0].kind == "call" and node.parts[0].word == "present":
                return f"还没有{self.value(node.parts[0].parts[0])}"
            case "not":
                return f"并非（{self.statement(node.parts[0])}）"
            case "&&" | "||":
                word = "，并且" if node.kind == "&&" else "，或者"
                return word.join(f"（{self.statement(part)}）" if part.kind in {"&&", "||", "if"} and part.kind != node.kind
                                 else self.statement(part) for part in node.parts)
            case "==" | "!=":
                left, right = node.parts
                if {left.kind, right.kind} == {"name"} and not {left.word, right.word} & {"true", "false"}:
                    return f"{self.value(left)}与{self.value(right)}{'相同' if node.kind == '==' else '不同'}"
                return f"{self._bracketed(left)}{'是' if node.kind == '==' else '不是'}{self._bracketed(right)}"
            case "<" | "<=" | ">" | ">=":
                words = _DATES if any(map(self._is_day, node.parts)) else _NUMBERS
                return f"{self.value(node.parts[0])}{words[node.kind]}{self.value(node.parts[1])}"
            case "in":
                return self._among(*node.parts)
            case "if":
                asked, yes, no = node.parts
                return f"如果{self.statement(asked)}，要{self.statement(yes)}；否则要{self.statement(no)}"
            case "call" if node.word not in _STATEMENTS:
                return f"{self.value(node)}为“是”"
            case _:
                return self.value(node)

    def value(self, node: Node) -> str:
        """As a thing."""
        match node.kind:
            case "text":
                return f"“{self._matters.get(node.word, node.word)}”" if node.word else "空"
            case "number":
                return node.word
            case "name":
                if node.word in {"true", "false"}:
                    return "“是”" if node.word == "true" else "“否”"
                entry = self._entries.get(node.word)
                return f"“{entry.called}”" if entry else VARIABLES.get(node.word, node.word)
            case "list":
                return "、".join(map(self.value, node.parts)) or "空"
            case "call":
                template = FUNCTIONS.get(node.word, ("", ""))[1]
                said = [self.value(part) for part in node.parts]
                try:
                    return template.format(*said) if template else f"{node.word}（{'，'.join(said)}）"
                except IndexError:
                    return f"{node.word}（{'，'.join(said)}）"
            case "if":
                return self._chosen(node)
            case kind if kind in _SIGNS:
                return f"{self.value(node.parts[0])}{_SIGNS[kind]}{self.value(node.parts[1])}"
            case _:
                return self.statement(node)

    def _chosen(self, node: Node) -> str:
        """Case by case; what stays unknown is not spoken of."""
        cases = []
        while node.kind == "if":
            asked, yes, no = node.parts
            if yes.word != "unknown":
                cases.append(f"{self.statement(asked)}时为{self._bracketed(yes)}")
            elif no.word != "unknown":
                cases.append(f"{self.statement(asked)}时不填")
            node = no
        if node.word != "unknown":
            cases.append(f"其余为{self.value(node)}")
        return "；".join(cases)

    def _bracketed(self, node: Node) -> str:
        return f"（{self.value(node)}）" if node.kind == "if" else self.value(node)

    def _among(self, one: Node, many: Node) -> str:
        if many.kind == "name" and many.word in {"matters", "wanted"}:
            return f"{'想办' if many.word == 'wanted' else '办理'}{self.value(one)}"
        if many.kind == "list":
            return f"{self.value(one)}是{self.value(many)}" + ("之一" if len(many.parts) > 1 else "")
        return f"{self.value(many)}里有{self.value(one)}"

    def _is_day(self, node: Node) -> bool:
        entry = self._entries.get(node.word) if node.kind == "name" else None
        return (node.kind == "call" and node.word in _DAYS) or (node.kind == "name" and node.word in {"today", "applied_on"}) or (
            entry is not None and entry.type in {"date", "datetime"})
