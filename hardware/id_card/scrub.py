"""Takes every person out of a recording of a card reader's wire, and leaves what an engineer needs: times, lengths, frames, statuses.

The card's text becomes an invented specimen's of the same layout, the picture a filler, fingerprint, appended address and the card's
own numbers become blank, checksums are made right again. Bytes outside sound frames may be a torn piece of somebody's card: zeros.
The module's number stays: it names a device, not a person.
"""

from collections.abc import Sequence

from hardware.faults import DeviceFault
from hardware.id_card import frames, layouts
from hardware.id_card.frames import HEADER_SIZE, LONGEST, PREAMBLE
from hardware.readings import CardType, IdCard
from hardware.simulated.people import FOREIGNER, HMT_RESIDENT, MOTHER, OLD_FOREIGNER
from hardware.transports.recorded import Piece

_SPECIMENS: dict[CardType, IdCard] = {card.type: card for card in (MOTHER, HMT_RESIDENT, OLD_FOREIGNER, FOREIGNER)}
_FILLER = b"SPECIMEN".ljust(frames.PHOTO_SIZE, b"\0")
_BASE, _BASE_AND_FINGERPRINT, _MODULE = b"\x30\x01", b"\x30\x10", b"\x12\xff"
_MODULE_SIZE = 16
_LONGEST_COMMAND = 16


def scrub(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The same pieces with nobody in them."""
    heard = b"".join(piece.data for piece in pieces if piece.to == "host")
    asked: list[bytes] = []
    """For every byte heard, the command before it."""
    last = b""
    for piece in pieces:
        if piece.to == "device":
            last = piece.data[HEADER_SIZE : HEADER_SIZE + 2]
        else:
            asked += [last] * len(piece.data)
    clean = _clean(heard, asked)
    at, out = 0, []
    for piece in pieces:
        if piece.to == "device":
            known = len(piece.data) <= _LONGEST_COMMAND and piece.data.startswith(PREAMBLE)
            out.append(piece if known else Piece(piece.at, piece.to, bytes(len(piece.data))))
        else:
            out.append(Piece(piece.at, piece.to, clean[at : at + len(piece.data)]))
            at += len(piece.data)
    return tuple(out)


def _clean(heard: bytes, asked: Sequence[bytes]) -> bytes:
    clean = bytearray(len(heard))
    at = 0
    while (at := heard.find(PREAMBLE, at)) >= 0:
        length = int.from_bytes(heard[at + 5 : at + HEADER_SIZE], "big")
        whole = heard[at : at + HEADER_SIZE + length]
        if 4 <= length <= LONGEST and len(whole) == HEADER_SIZE + length and frames.frame(whole[HEADER_SIZE:-1]) == whole:
            body = whole[HEADER_SIZE:-1]
            clean[at : at + len(whole)] = frames.frame(body[:3] + _nobody(body[3:], asked[at]))
            at += len(whole)
        else:
            at += 1
    return bytes(clean)


def _nobody(data: bytes, command: bytes) -> bytes:
    """The data of one reply, as long as before, without the person."""
    if command == _MODULE and len(data) == _MODULE_SIZE:
        return data      # no other length: the answer to an earlier command may have come late, with a card in it
    try:
        if command == _BASE:
            text, photo = frames.base_data(data)
            return data[:4] + _specimen(text) + _FILLER[: len(photo)]
        if command == _BASE_AND_FINGERPRINT:
            text, photo, fingerprint = frames.base_and_fingerprint_data(data)
            return data[:6] + _specimen(text) + _FILLER[: len(photo)] + bytes(len(fingerprint))
    except DeviceFault:
        pass      # an answer of another shape: nothing of it is known to be harmless
    return bytes(len(data))


def _specimen(text: bytes) -> bytes:
    return layouts.encode(_SPECIMENS[layouts.type_of(text)])
