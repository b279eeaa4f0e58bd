"""The county's file on its stick, made and read: believed only as far as it was signed. What it holds is looked at by county.py.

Three lines (format; list of the pieces with size and digest, as JSON; public key and Ed25519 signature of both lines), then the pieces
as they are. Nothing is packed, so it is no larger than it is; nothing in it can be a link.
"""

import hashlib
import json
import stat
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from db import users
from db.faults import from_os
from desktop.domain.answers import Person
from desktop.domain.county import PEOPLE, CountyFile, may_be_named
from desktop.domain.roles import ROLES

_MAGIC, _FORMAT = b"oncedesk county ", b"1"
LARGEST = 32_000_000
"""Bytes of the whole file; all packs that ship have 0.3 million."""
_LONGEST_LIST = 1_000_000
_LARGEST_PIECE = 2_000_000
_MOST_PIECES, _MOST_PEOPLE = 500, 2_000


class CountyRefused(Exception):
    """The file is not taken; `code` says why. Nothing was changed."""

    def __init__(self, code: str, *, name: str = "", cause: str = "", fingerprint: str = "", serial: int = 0, present: int = 0) -> None:
        super().__init__(f"{code} {name} {cause}".rstrip())
        self.code = code
        self.name = name
        self.cause = cause
        self.fingerprint = fingerprint
        self.serial = serial
        self.present = present


class _Piece(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: str = Field(max_length=200)
    size: int = Field(ge=0, le=_LARGEST_PIECE)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class _Contents(BaseModel):
    model_config = ConfigDict(extra="forbid")
    serial: int = Field(ge=1, le=2**53, strict=True)
    region: str = Field(pattern=r"^[0-9]{6}$", strict=True)
    made_at: AwareDatetime
    pieces: list[_Piece] = Field(max_length=_MOST_PIECES)


class _Listed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    login: str = Field(pattern=r"^\S{1,40}$")
    name: str = Field(min_length=1, max_length=60)
    role: str
    active: bool = True
    pin_hash: str = Field(default="", max_length=200)


_PEOPLE = TypeAdapter(list[_Listed])


def make(pieces: Mapping[str, bytes], people: tuple[Person, ...], key: Ed25519PrivateKey, serial: int, region: str, at: datetime) -> bytes:
    """The bytes of a county's file. Raises CountyRefused when it is one that nobody would take."""
    rows = [{"login": one.login, "name": one.name, "role": one.role, "active": one.active, "pin_hash": one.pin_hash} for one in people]
    held = {**pieces, **({PEOPLE: json.dumps(rows, ensure_ascii=False).encode()} if rows else {})}
    contents = {"serial": serial, "region": region, "made_at": at.isoformat(timespec="seconds"),
                "pieces": [{"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in held.items()]}
    signed = _MAGIC + _FORMAT + b"\n" + json.dumps(contents).encode() + b"\n"
    mark = f"{public_key(key)} {key.sign(signed).hex()}\n".encode()
    data = signed + mark + b"".join(held.values())
    parsed(data)
    return data


def read(path: Path) -> CountyFile:
    """The file, its signature and its digests found right. Raises CountyRefused, and StoreFault when it cannot be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise CountyRefused("county.not_one", name=path.name)
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise from_os(error) from error
    return parsed(data, path.name)


def parsed(data: bytes, called: str = "") -> CountyFile:
    """What `read` gives, of bytes that were read already. Raises CountyRefused."""
    if len(data) > LARGEST:
        raise CountyRefused("county.too_large", name=called)
    if not data.startswith(_MAGIC):
        raise CountyRefused("county.not_one", name=called)
    lines = data[:_LONGEST_LIST].split(b"\n", 3)
    if lines[0] != _MAGIC + _FORMAT:
        raise CountyRefused("county.newer_format", name=called)
    if len(lines) < 4:
        raise CountyRefused("county.damaged", name=called, cause="list")
    signed = lines[0] + b"\n" + lines[1] + b"\n"
    key = _signed_by(signed, lines[2], called)
    contents = _contents(lines[1], called)
    pieces = _pieces(contents, data[len(signed) + len(lines[2]) + 1:], called)
    people = _people(pieces.pop(PEOPLE, b"[]"))
    return CountyFile(contents.serial, contents.region, contents.made_at, key, hashlib.sha256(signed).hexdigest(), pieces, people, data)


def public_key(key: Ed25519PrivateKey) -> str:
    """As answers and files name it: 64 hexadecimal digits."""
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def sealed(key: Ed25519PrivateKey, passphrase: str) -> bytes:
    """The private key as a file that nobody opens without the passphrase."""
    how = serialization.BestAvailableEncryption(passphrase.encode())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


def is_sealed(data: bytes) -> bool:
    """Whether a key's file asks for a passphrase."""
    return b"ENCRYPTED" in data


def unsealed(data: bytes, passphrase: str | None) -> Ed25519PrivateKey:
    """The key in a file. Raises CountyRefused."""
    try:
        key = serialization.load_pem_private_key(data, passphrase.encode() if passphrase is not None else None)
    except (ValueError, TypeError) as error:
        raise CountyRefused("county.no_key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise CountyRefused("county.no_key")
    return key


def _signed_by(signed: bytes, mark: bytes, called: str) -> str:
    """Before anything else of the file is looked at."""
    try:
        key, signature = mark.decode("ascii").split(" ")
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), signed)
    except (ValueError, InvalidSignature) as error:
        raise CountyRefused("county.signature", name=called) from error
    return key.lower()


def _contents(line: bytes, called: str) -> _Contents:
    try:
        return _Contents.model_validate(json.loads(line))
    except (ValueError, RecursionError) as error:       # pydantic's is a ValueError
        raise CountyRefused("county.damaged", name=called, cause="list") from error


def _pieces(contents: _Contents, body: bytes, called: str) -> dict[str, bytes]:
    if sum(piece.size for piece in contents.pieces) != len(body):
        raise CountyRefused("county.damaged", name=called, cause="size")
    found: dict[str, bytes] = {}
    once: set[str] = set()
    at = 0
    for piece in contents.pieces:
        # Two names that differ by case alone are one file on Windows.
        if not may_be_named(piece.name) or piece.name.casefold() in once:
            raise CountyRefused("county.piece_name", name=piece.name[:80])
        once.add(piece.name.casefold())
        found[piece.name] = body[at:at + piece.size]
        at += piece.size
        if hashlib.sha256(found[piece.name]).hexdigest() != piece.sha256:
            raise CountyRefused("county.damaged", name=called, cause=piece.name)
    return found


def _people(data: bytes) -> tuple[Person, ...]:
    try:
        rows = _PEOPLE.validate_json(data)
    except ValidationError as error:
        where = error.errors()[0]["loc"]
        raise CountyRefused("county.people", cause=".".join(map(str, where))) from error
    if len(rows) > _MOST_PEOPLE or len({row.login for row in rows}) != len(rows):
        raise CountyRefused("county.people", cause="login")
    for row in rows:
        if row.role not in ROLES or not row.name.isprintable() or not row.login.isprintable() or (
                row.pin_hash and not users.is_hash(row.pin_hash)) or (row.active and not row.pin_hash):
            raise CountyRefused("county.people", cause=row.login)
    return tuple(Person(row.login, row.name, row.role, row.active, row.pin_hash, pin_is_temporary=True) for row in rows)
