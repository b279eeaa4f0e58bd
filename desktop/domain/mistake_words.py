"""What is expected in a pack file, said in Chinese for those who write packs. Finding the mistakes is pack_check.py and pack_entries.py.

Their sentences are short and few in kind; what none of the patterns fits is given back as it is.
"""

import re

_WHOLE = (
    (r"valid TOML \((.*)\)", r"能读的 TOML（\1）"),
    (r"a readable UTF-8 file \((.*)\)", r"能读的 UTF-8 文件（\1）"),
    (r"at most (\d+) kB, not (.*)", r"至多 \1 kB；现在是 \2"),
    (r"a place like (\S+), not (.*)", r"放在 \1 这样的位置；现在是 \2"),
    (r"the folder (.*), not (.*)", r"文件夹叫 \1；现在是 \2"),
    (r"the file name (.*), not (.*)", r"文件叫 \1；现在是 \2"),
    (r"another version: (\S+) is (.*)", r"另一个版本：\1 已经有 \2"),
    (r"this key must be given", "这里必须写这个键"),
    (r"no such key here \(misspelt\?\)", "这里没有这个键（是不是写错了？）"),
    (r"(?:an id|a key|a role|an id or key) of its own: (\S+) is taken", r"自己的编号或键：\1 已经用过"),
    (r"a key of its own: (\S+) is a word of the rules", r"自己的键：\1 是规则里的词"),
    (r"prerequisites without a circle, not (.*)", r"先后不能绕成圈：\1"),
    (r"whose it is: one of (.*)", r"写明是谁的：\1"),
    (r"a word that tells this paper from other papers of no known type", "一个词，用来和其他未知种类的纸件区分"),
    (r"something it drops, waives or spares", "至少写 drops、waives、spares 中的一个"),
    (r"a day not before effective_from", "不早于 effective_from 的日期"),
    (r"at least (\d+)", r"至少是 \1"),
    (r"at most (\d+)", r"至多是 \1"),
    (r"some text, not (.*)", r"要有文字，现在是 \1"),
    (r"letters, digits, _ and -, not (.*)", r"字母、数字、_ 和 -，现在是 \1"),
    (r"letters, digits, dots, _ and -, not (.*)", r"字母、数字、点、_ 和 -，现在是 \1"),
    (r"proposed = true, because a reason is given", "写了 reason，就要写 proposed = true"),
    (r"when it is skipped, because a reason is given", "写了 skip_reason，就要写什么时候免（skip_when）"),
    (r"what stays open to the family that is refused", "不予受理的家庭还可以怎么办"),
    (r"one that leads: .*", "至少一个牵头部门：lead = true 或 lead_when"),
    (r"a paper of the kind form", "一份 kind 是 form 的文书"),
    (r"masked = true: .*", "masked = true：这一栏说明了某人是谁"),
    (r"exactly one of (.*)", r"只写其中一个：\1"),
    (r"a number from 0 to (\d+)", r"从 0 到 \1 的数"),
    (r"six digits, not (.*)", r"六位数字，现在是 \1"),
    (r"two capital letters, not (.*)", r"两个大写字母，现在是 \1"),
    (r"small letters, digits and _, not (.*)", r"小写字母、数字和下划线，现在是 \1"),
    (r"why it is proposed: .*", "为什么标样式：文件点名但没有印发什么"),
    (r"what supplies it instead", "由什么代替提供"),
    (r"choices or a codeset for the type (\S+)", r"类型 \1 要写 choices 或 codeset"),
    (r"choices of this field of type multi, not (.*)", r"类型 multi 的栏目自己的选项，现在是 \1"),
    (r"choices of this field, not (.*)", r"本栏的选项，现在是 \1"),
    (r"signature, or a slot of a material, not (.*)", r"signature，或者某份材料的采集位，现在是 \1"),
    (r"no slot: only an image has one", "不写 slot：只有 image 类型才有"),
    (r"(\S+) with the key it compares with, not (.*)", r"\1 要写明和哪个键比：\1(key)，现在是 \2"),
    (r"(\S+) alone, not (.*)", r"只写 \1，不带括号，现在是 \2"),
    (r"a CEL expression \((.*)\)", r"一条 CEL 规则（\1）"),
    (r"a rule that makes sense \(two of one kind, not (.*) and (.*?): (.*)\)", r"说得通的规则：两边要是同一类，现在是 \1 和 \2：\3"),
    (r"a rule that makes sense \((\w+) with (\d+) values, not (\d+)\)", r"说得通的规则：\1 要 \2 个值，现在是 \3 个"),
    (r"a rule that makes sense \(present with one key\)", "说得通的规则：present 里只写一个键"),
    (r"a rule that makes sense \(names, texts.*\)", "说得通的规则：只用键、文字、数、列表、函数和运算符"),
    (r"a rule that makes sense \(days, numbers or texts beside (.*), not (.*)\)", r"说得通的规则：\1 两边要是日期、数或文字，现在是 \2"),
    (r"a rule that makes sense \((.*?), not (.*?): (.*)\)", r"说得通的规则：这里要的是 \1，现在是 \2：\3"),
    (r"keys of fields or questions; (.*) is none", r"栏目或问题的键；\1 不是"),
    (r"known functions; (.*) is none \(there are: (.*)\)", r"已有的函数；\1 不是（有：\2）"),
    (r"ids of matters; (.*) is none", r"事项的编号；\1 不是"),
    (r"true or false without quotes for (\S+), not (.*)", r"\1 要和不带引号的 true 或 false 比，现在是 \2"),
    (r"answers that (\S+) can have; (.*) is none", r"\1 可能的回答；\2 不是"),
    (r"a default that (\S+) can have, not (.*)", r"\1 可以填的值，现在是 \2"),
    (r"a source like (.*)[;,] not (.*)", r"这样的来源：\1；现在是 \2"),
    (r"Input should be a valid (\w+)(?:, .*?)?, not (.*)", r"写成 \1 类型，现在是 \2"),
    (r"Input should be (.*), not (.*)", r"\1 之一，现在是 \2"),
    (r"(?:the ids?|ids) of (?:a )?clauses?, not (.*)", r"条文的编号，现在是 \1"),
    (r"(?:the ids?|ids) of (?:a )?departments?, not (.*)", r"部门的编号，现在是 \1"),
    (r"(?:the ids?|ids) of (?:a )?matters?, not (.*)", r"事项的编号，现在是 \1"),
    (r"(?:the ids?|ids) of (?:a )?materials?, not (.*)", r"材料的编号，现在是 \1"),
    (r"(?:the key of a field|keys of fields)(?: or question)?, not (.*)", r"栏目或问题的键，现在是 \1"),
    (r"answers to (\S+), not (.*)", r"\1 的回答，现在是 \2"),
    (r"roles of people, not (.*)", r"人的角色，现在是 \1"),
    (r"pairs of a matter and one of its prerequisites, not (.*)", r"事项和它的一个先办事项，现在是 \1"),
    (r"pairs of a material and a matter that uses it, not (.*)", r"材料和用它的事项，现在是 \1"),
    (r"one of (.*) or nothing, not (.*)", r"\1 之一，或不写；现在是 \2"),
    (r"one of (.*), not (.*)", r"\1 之一，现在是 \2"),
    (r"(.*?)[;,] not (.*)", r"\1；现在是 \2"),
)
_TYPES = {"string": "文字", "integer": "整数", "boolean": "true 或 false", "date": "日期", "tuple": "列表", "list": "列表",
          "dictionary": "表"}
_KINDS = (("true or false", "是或否（true/false）"), ("a text", "文字"), ("a day", "日期"), ("a number", "数"), ("a list", "列表"),
          ("a value", "值"))
_PHRASES = (("' or '", "'、'"), ("<matter or share>", "<事项或 share>"), ("matters: and nothing behind it", "matters:（后面不写）"),
            ("slot:<slot of a material>", "slot:<材料的采集位>"), (" or ", " 或 "))


def said(expected: str) -> str:
    """`the id of a clause, not 'x'` -> 条文的编号，现在是 'x'."""
    for pattern, words in _WHOLE:
        if found := re.fullmatch(pattern, expected, re.DOTALL):
            spoken = found.expand(words)
            spoken = re.sub(r"写成 (\w+) 类型", lambda match: f"写成{_TYPES.get(match[1], match[1])}", spoken)
            for phrase, chinese in (*_KINDS, *_PHRASES) if spoken.startswith("说得通") else _PHRASES:
                spoken = spoken.replace(phrase, chinese)
            return spoken
    return expected
