import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import cases, search
from db.records import CaseRecord
from db.store import Store
from tests.db.conftest import NOW, MakeCase

_NUMBER = "130529199503150029"


def _found(store: Store, text: str) -> list[str]:
    with store.reading() as tx:
        return [case.applicant_name for case in cases.find_text(tx, text)]


@pytest.mark.parametrize(("name", "wanted"), [
    ("林晓月", "林晓月 林 晓月 月 晓 linxiaoyue lin lxy xiaoyue xy LinXiaoYue lin·xiao·yue l"),
    ("林 晓 月", "林晓月 lxy"),
    ("单雄", "单 单雄 雄 shanxiong sx danxiong dx"),
    ("曾一", "曾 曾一 zengyi zy cengyi"), ("仇和", "仇和 qiuhe qh chouhe"), ("解方", "xiefang jiefang xf"),
    ("查良", "zhaliang chaliang zl"), ("盖文", "gewen gaiwen"), ("区明", "ouming om quming"), ("任安", "renan"),
    ("乐天", "yuetian letian"), ("尉迟恭", "yuchigong ycg 尉迟 恭"), ("单于明", "chanyuming cym"),
    ("万俟卨", "moqixie mqx"), ("朴树", "piaoshu"), ("吕布", "lvbu lyubu lb 吕布"), ("张乐", "zhangyue zhangle"),
    ("𠮷野", "𠮷 𠮷野 野"), ("𰻝一", "𰻝 𰻝一"), ("买买提·艾力", "买买提·艾力 买买提艾力 艾力 买买提•艾力 aili"),
    ("阿依古丽．吐尔逊", "阿依古丽 吐尔逊 古丽"), ("SPECIMEN ANNA", "specimen anna ANNA specimenanna spec"),
    ("ＡＮＮＡ", "anna"), ("〇一", "〇一"),
])
def test_a_name_is_found_by_any_part_pinyin_and_initials(
        store: Store, make_case: MakeCase, name: str, wanted: str) -> None:
    make_case(applicant_name="王五")
    make_case(applicant_name=name)
    for text in wanted.split():
        assert name in _found(store, text), text
    assert _found(store, "王五") == ["王五"]


@pytest.mark.parametrize("text", ["张三", "王林", "月晓", "zz", '"', "'", "*", "NEAR(", '林" OR "王', "-", "AND"])
def test_what_is_not_there_is_not_found_and_no_sign_breaks_the_search(
        store: Store, make_case: MakeCase, text: str) -> None:
    make_case(applicant_name="林晓月")
    assert _found(store, text) == ([] if search._chars(text) else ["林晓月"])


def test_a_case_number_and_an_id_number_are_found_whole_and_by_their_beginning(
        store: Store, make_case: MakeCase) -> None:
    make_case(applicant_name="林晓月", applicant_number=_NUMBER, case_number="130529XS20261122000017")
    make_case(applicant_name="王五", applicant_number="H12345678")
    make_case(applicant_name="陈志远", applicant_number="13052919930806001X")
    for text in ("130529XS20261122000017", "130529xs2026", "130529 XS", _NUMBER, "1305291995", _NUMBER[:6] + " 1995"):
        assert _found(store, text)[-1:] == ["林晓月"], text
    assert _found(store, "130529") == ["陈志远", "林晓月"]
    assert _found(store, "h1234") == ["王五"]
    assert _found(store, "13052919930806001x") == ["陈志远"]
    assert _found(store, "3052919") == []


def test_numbers_of_both_forms_are_found_whole_and_by_their_beginning(store: Store, make_case: MakeCase) -> None:
    make_case(applicant_name="林晓月", case_number="130529XS20261122000017")
    make_case(applicant_name="王五", case_number="130529XS20261122003000013")
    assert _found(store, "130529XS20261122003000013") == ["王五"]
    assert _found(store, "130529XS20261122003") == ["王五"]
    assert _found(store, "130529XS20261122000017") == ["林晓月"]
    assert _found(store, "130529XS20261122") == ["王五", "林晓月"]


def test_a_changed_name_is_found_and_the_old_one_is_not(store: Store, make_case: MakeCase) -> None:
    case = make_case(applicant_name="林晓月")
    with store.transaction() as tx:
        cases.update(tx, case.case_uuid, NOW, applicant_name="曾一")
    assert (_found(store, "林"), _found(store, "zengyi")) == ([], ["曾一"])
    with store.transaction() as tx:
        cases.update(tx, case.case_uuid, NOW, applicant_name="")
    assert _found(store, "曾一") == []


def test_what_is_found_is_newest_first_and_narrowed_by_status(store: Store, make_case: MakeCase) -> None:
    made = [make_case(applicant_name="林晓月", status=status) for status in ("draft", "accepted", "draft")]
    with store.reading() as tx:
        assert cases.find_text(tx, "林") == tuple(reversed(made))
        assert cases.find_text(tx, "林", ("draft",)) == (made[2], made[0])
        assert cases.find_text(tx, "林", limit=1) == (made[2],)
        assert cases.find_text(tx, " ") == tuple(reversed(made))


_SURNAMES = st.sampled_from([*search.SURNAMES, "林", "陈", "王", "欧阳", "𠮷"])
_GIVEN = st.text(st.sampled_from("晓月志远一乐单行重𠮷婧囡甯"), min_size=1, max_size=3)


@given(_SURNAMES, _GIVEN)
def test_every_reading_of_a_surname_leads_to_the_name(surname: str, given_name: str) -> None:
    indexed = search.sounds(surname + given_name)
    for reading in search.SURNAMES.get(surname, ()):
        syllables = reading.split()
        assert any(sound.startswith("".join(syllables)) for sound in indexed)
        assert any(sound.startswith("".join(syllable[0] for syllable in syllables)) for sound in indexed)


def test_recall_is_whole_against_a_plain_scan(store: Store) -> None:
    surnames, signs = [*search.SURNAMES, "林", "陈", "𠮷"], "晓月志远一乐单行重"
    names = [f"{surname}{a}{b}" for surname in surnames for a in signs[:4] for b in ("", *signs[4:7])]
    with store.transaction() as tx:
        for number, name in enumerate(names):
            cases.create(tx, CaseRecord(case_uuid=f"n{number}", theme_id="t", theme_version="1", status="draft",
                                        revision=0, created_at=NOW, updated_at=NOW, created_by="u1", window="3",
                                        applicant_name=name))
    with store.reading() as tx:
        for text in [*surnames, *signs, "晓一", "月乐", "单晓", "曾月", "乐志一"]:
            found = {case.applicant_name for case in cases.find_text(tx, text, limit=len(names))}
            assert found == {name for name in names if text in name}, text
