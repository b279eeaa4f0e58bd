"""Recovery slips: a secret shared between three people as words, two of whom bring it back (SLIP-39, shamir-mnemonic).

The library is the standard's own reference, said not to be hardened against who watches its timing. Here it runs once, for one
secret, on a PC whose disk holds the key anyway; what the words must withstand is paper and years, and that is the standard's part.
A slip has 33 words. Four letters tell any of them, and the last three check the others.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.constants import CUSTOMIZATION_STRING_EXTENDABLE, RADIX, RADIX_BITS
from shamir_mnemonic.rs1024 import CHECKSUM_LENGTH_WORDS, create_checksum
from shamir_mnemonic.share import Share
from shamir_mnemonic.wordlist import WORDLIST

PEOPLE, NEEDED = 3, 2
WORDS = 33
_ENOUGH_LETTERS = 4
_PLACE_OF: dict[str, int] = {word[:_ENOUGH_LETTERS]: index for index, word in enumerate(WORDLIST)}


class SlipRefused(Exception):
    """What was typed is no slip, or not the right one. `slip` and `place` count from 1.

    Codes: `slip.word_unknown`, `slip.word_wrong` (the checksum tells which), `slip.words_wrong` (more than one is), `slip.word_count`,
    `slip.same`, `slip.different_sets`, `slip.other_set`, `slip.too_few`; of new ones `slip.none_waiting`, `slip.last_words`.
    """

    def __init__(self, code: str, **params: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.slip = params.get("slip", "")
        self.place = params.get("place", "")
        self.word = params.get("word", "")
        self.count = params.get("count", "")
        self.number = params.get("number", "")
        self.wanted = params.get("wanted", "")


@dataclass(frozen=True)
class Slip:
    """One person's words, which hold together."""

    number: int
    """Of the set: the same on all three, and no secret."""
    which: int
    words: tuple[str, ...] = field(repr=False)


def share_out(secret: bytes) -> tuple[int, tuple[str, ...]]:
    """A new set for a random 32-byte secret: its number, and the words of each person."""
    # No pass phrase, so stretching it (the exponent) would only take time; the secret is random.
    (mnemonics,) = generate_mnemonics(1, [(NEEDED, PEOPLE)], secret, iteration_exponent=0)
    return Share.from_mnemonic(mnemonics[0]).identifier, tuple(mnemonics)


def words_in(text: str) -> list[str]:
    """What was typed, word by word; numbers and whatever else stands between do not count."""
    return re.findall(r"[a-z]+", text.lower())


def must_be_known(words: Sequence[str], slip: int, first: int = 1) -> None:
    """Raises SlipRefused for a word that stands on no slip; `first` is the place of the first of them."""
    for place, word in enumerate(words, start=first):
        if word[:_ENOUGH_LETTERS] not in _PLACE_OF:
            raise SlipRefused("slip.word_unknown", slip=slip, place=place, word=word)


def read_slip(text: str, slip: int = 1) -> Slip:
    """The slip that was typed, pasted or scanned; `slip` says which of them it is when it is refused. Raises SlipRefused.

    Whatever stands between the words does not matter; of a word its first four letters count.
    """
    typed = words_in(text)
    must_be_known(typed, slip)
    if len(typed) != WORDS:
        raise SlipRefused("slip.word_count", slip=slip, count=len(typed))
    indices: list[int] = [_PLACE_OF[word[:_ENOUGH_LETTERS]] for word in typed]
    words = tuple(WORDLIST[index] for index in indices)
    try:
        share = Share.from_mnemonic(" ".join(words))
    except MnemonicError as error:
        wrong = _wrong_place(indices)
        if wrong is None:
            raise SlipRefused("slip.words_wrong", slip=slip) from error
        raise SlipRefused("slip.word_wrong", slip=slip, place=wrong + 1, word=words[wrong]) from error
    return Slip(share.identifier, share.index + 1, words)


def secret_of(slips: Sequence[Slip]) -> bytes:
    """What two slips of one set hold together. Raises SlipRefused."""
    if len(slips) < NEEDED:
        raise SlipRefused("slip.too_few")
    first, second = slips[:NEEDED]
    if first.number != second.number:
        raise SlipRefused("slip.different_sets", number=first.number, wanted=second.number)
    if first.which == second.which:
        raise SlipRefused("slip.same")
    try:
        return bytes(combine_mnemonics([" ".join(slip.words) for slip in (first, second)]))
    except MnemonicError as error:      # two slips of another number of people, or of two sets with one number
        raise SlipRefused("slip.different_sets", number=first.number, wanted=second.number) from error


def _wrong_place(indices: Sequence[int]) -> int | None:
    """The one place where another word would make the checksum right; None when there is none.

    The checksum is linear over exclusive or, so an error shows in it as the error's own checksum, whatever the other words are.
    """
    split: int = len(indices) - CHECKSUM_LENGTH_WORDS
    data, given = indices[:split], indices[split:]
    syndrome = tuple(ours ^ theirs for ours, theirs in zip(_checksum(data), given, strict=True))
    if sum(word != 0 for word in syndrome) == 1:
        return split + next(place for place, word in enumerate(syndrome) if word)
    return next((place for place in range(split) if syndrome in _errors_at(place, split)), None)


def _errors_at(place: int, length: int) -> Iterator[tuple[int, ...]]:
    """What each wrong word in this place does to the checksum."""
    nothing = _checksum([0] * length)
    bits = [tuple(a ^ b for a, b in zip(_checksum([0] * place + [1 << bit] + [0] * (length - place - 1)), nothing, strict=True))
            for bit in range(RADIX_BITS)]
    for error in range(1, RADIX):
        shown = (0,) * CHECKSUM_LENGTH_WORDS
        for bit in range(RADIX_BITS):
            if error >> bit & 1:
                shown = tuple(a ^ b for a, b in zip(shown, bits[bit], strict=True))
        yield shown


def _checksum(data: Sequence[int]) -> tuple[int, ...]:
    return tuple(create_checksum(list(data), CUSTOMIZATION_STRING_EXTENDABLE))
