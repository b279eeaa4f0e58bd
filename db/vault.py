"""Encrypted files, each with its own key: bytes in, a durable file out. Which files there are: attachments.py.

A file is nonce (12 bytes) + AES-256-GCM of the plain bytes; its key is wrapped (RFC 3394) by a key derived from the
store's. The name is the plain bytes' SHA-256 plus a random tail, so that two writers of the same bytes never meet.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from db.faults import StoreFault, from_os
from db.modes import make_folder, new_file

_NONCE_BYTES = 12


@dataclass(frozen=True)
class Stored:
    """A file that lies safely on the disk and waits for its row."""

    sha256: str
    """Of the plain bytes, hexadecimal."""
    size: int
    """Of the plain bytes."""
    file_name: str
    wrapped_key: bytes = field(repr=False)
    replaces: str = ""
    """Name of a file with the same digest that was found missing or damaged."""


class Vault:
    """One folder of encrypted files."""

    def __init__(self, folder: Path, wrapping_key: bytes) -> None:
        self.folder = folder
        self._wrapping_key = wrapping_key

    def write(self, plain: bytes, replaces: str = "") -> Stored:
        """Encrypt and keep: temp file, fsync, rename, fsync of the folder. Raises StoreFault."""
        if not plain:
            raise ValueError("an empty file is no evidence")
        sha256 = hashlib.sha256(plain).hexdigest()
        key, nonce = AESGCM.generate_key(bit_length=256), secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + AESGCM(key).encrypt(nonce, plain, sha256.encode())
        name = f"{sha256}.{secrets.token_hex(4)}"
        part = self.folder / f"{name}.part"
        try:
            make_folder(self.folder)
            try:
                with os.fdopen(new_file(part), "wb") as file:
                    file.write(sealed)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(self.folder / name)
            except OSError:
                part.unlink(missing_ok=True)
                raise
            fsync_folder(self.folder)
        except OSError as error:
            raise from_os(error) from error
        return Stored(sha256, len(plain), name, aes_key_wrap(self._wrapping_key, key), replaces)

    def read(self, sha256: str, file_name: str, wrapped_key: bytes) -> bytes:
        """The plain bytes; raises StoreFault(`evidence.missing` or `evidence.damaged`)."""
        try:
            sealed = (self.folder / file_name).read_bytes()
        except FileNotFoundError as error:
            raise StoreFault("evidence.missing", sha256[:12]) from error
        except OSError as error:
            raise from_os(error) from error
        try:
            key = aes_key_unwrap(self._wrapping_key, wrapped_key)
            plain = AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], sha256.encode())
        except (InvalidTag, InvalidUnwrap, ValueError) as error:
            raise StoreFault("evidence.damaged", sha256[:12]) from error
        if hashlib.sha256(plain).hexdigest() != sha256:
            raise StoreFault("evidence.damaged", sha256[:12])
        return plain

    def quarantine(self, file_name: str) -> None:
        """Put a damaged file aside, for the supervisor to see; it is never sent and never overwritten."""
        aside = self.folder / "quarantine"
        try:
            make_folder(aside)
            (self.folder / file_name).replace(aside / file_name)
        except FileNotFoundError:
            return
        except OSError as error:
            raise from_os(error) from error

    def files(self) -> Iterator[Path]:
        """Every file that lies in the folder, finished or not."""
        if self.folder.is_dir():
            yield from (path for path in self.folder.iterdir() if path.is_file())


def fsync(path: Path) -> None:
    """Force a written file's bytes to the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def fsync_folder(folder: Path) -> None:
    """Force a folder's new names to the disk. Windows has no such call; NTFS journals its names."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
