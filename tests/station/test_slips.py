"""Recovery slips: what three people hold, how two of them bring it back, and what is said when a word is wrong."""

import itertools
import random
import secrets

import pytest
import zxingcpp
from shamir_mnemonic import combine_mnemonics
from shamir_mnemonic.wordlist import WORDLIST

from desktop.papers.preview import render
from desktop.papers.recovery_slip import NEEDED as NEEDED_ON_PAPER
from desktop.papers.recovery_slip import PEOPLE as PEOPLE_ON_PAPER
from desktop.papers.recovery_slip import recovery_slip
from desktop.station.slips import NEEDED, PEOPLE, WORDS, SlipRefused, read_slip, secret_of, share_out
from tests.papers.reading import ink_outside, squeezed, text_of
from tests.station.small_home import NOW

SECRET = bytes(range(32))


@pytest.fixture(scope="module")
def people() -> tuple[str, ...]:
    return share_out(SECRET)[1]


def refused(text: str) -> SlipRefused:
    with pytest.raises(SlipRefused) as caught:
        read_slip(text, 2)
    return caught.value


def test_any_two_of_three_bring_the_secret_back_and_one_does_not(people: tuple[str, ...]) -> None:
    slips = [read_slip(words) for words in people]
    assert len(slips) == PEOPLE
    for pair in itertools.permutations(slips, 2):
        assert secret_of(pair) == SECRET
    for lonely in ([], slips[:1], [slips[1], slips[1]]):
        with pytest.raises(SlipRefused, match=r"slip\.(too_few|same)"):
            secret_of(lonely)


def test_the_library_speaks_the_published_standard() -> None:
    """The first vector of SLIP-0039."""
    words = ("duckling enlarge academic academic agency result length solution fridge kidney coal piece deal husband erode duke ajar "
             "critical decision keyboard")
    assert combine_mnemonics([words], b"TREZOR").hex() == "bb54aac4b89dc868ba37d9cc21b2cece"


def test_every_set_is_another_and_says_so(people: tuple[str, ...]) -> None:
    number, others = share_out(SECRET)
    assert {read_slip(words).number for words in others} == {number}
    assert [read_slip(words).which for words in others] == [1, 2, 3]
    with pytest.raises(SlipRefused, match=r"slip\.different_sets"):
        secret_of([read_slip(people[0]), read_slip(others[1])])


def test_words_are_taken_however_they_are_typed(people: tuple[str, ...]) -> None:
    words = people[0].split()
    wanted = read_slip(people[0])
    assert read_slip(people[0].upper()) == wanted
    assert read_slip("  ".join(word[:4].title() for word in words)) == wanted
    assert read_slip("\n".join(f"{number}. {word}," for number, word in enumerate(words, start=1))) == wanted
    assert read_slip("\t".join(word[:5] for word in words)) == wanted


def test_a_word_of_no_list_is_named_with_its_place(people: tuple[str, ...]) -> None:
    words = people[0].split()
    words[6] = "schnitzel"
    told = refused(" ".join(words))
    assert (told.code, told.slip, told.place, told.word) == ("slip.word_unknown", 2, 7, "schnitzel")
    words[6] = "abc"
    assert refused(" ".join(words)).code == "slip.word_unknown"


@pytest.mark.parametrize("place", [1, 2, 4, 17, 30, 31, 33])
def test_one_wrong_word_is_found_by_the_checksum(people: tuple[str, ...], place: int) -> None:
    words = people[1].split()
    words[place - 1] = random.Random(place).choice([word for word in WORDLIST if word != words[place - 1]])
    told = refused(" ".join(words))
    assert (told.code, told.place, told.word) == ("slip.word_wrong", place, words[place - 1])


def test_several_wrong_words_are_said_to_be_and_never_guessed_at(people: tuple[str, ...]) -> None:
    chance = random.Random(39)
    for _ in range(20):
        words = people[2].split()
        for place in chance.sample(range(WORDS), 2):
            words[place] = chance.choice([word for word in WORDLIST if word != words[place]])
        assert refused(" ".join(words)).code == "slip.words_wrong"


@pytest.mark.parametrize("count", [0, 20, 32, 34])
def test_too_few_and_too_many_words_are_counted(people: tuple[str, ...], count: int) -> None:
    told = refused(" ".join((people[0].split() * 2)[:count]))
    assert (told.code, told.count) == ("slip.word_count", count)


def test_what_is_wrong_shows_no_words_of_the_slip_in_a_log(people: tuple[str, ...]) -> None:
    assert people[0].split()[5] not in repr(read_slip(people[0]))


def test_a_slip_is_one_page_with_its_words_in_order_and_as_a_code() -> None:
    number, words = share_out(secrets.token_bytes(32))
    pdf = recovery_slip("示例县政务服务中心", "3", number, 2, tuple(words[1].split()), NOW, demo=False)
    (page,) = render(pdf, 1190)
    (code,) = zxingcpp.read_barcodes(page)
    assert code.text == words[1]
    assert read_slip(code.text).which == 2
    text = squeezed(text_of(pdf))
    assert f"第{number}套，第2张（共3张）" in text
    for number_and_word in (f"{place}{word}" for place, word in enumerate(words[1].split(), start=1)):
        assert number_and_word in text
    assert "2026-11-2309:30" in text
    assert "3号窗口" in text
    assert ink_outside(pdf, left=60, right=40) == 0
    assert (NEEDED_ON_PAPER, PEOPLE_ON_PAPER) == (NEEDED, PEOPLE)
