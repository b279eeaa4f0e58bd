"""Text files that people edit, read the same tolerant way everywhere: settings, packs, tables, calendars, answers.

Notepad writes UTF-8 with a byte order mark, UTF-16 ("Unicode") or, on Chinese systems, GBK ("ANSI"). All are read; whatever is not
UTF-8 is named in the log and by the station's check, because a file that only looks like GBK would put wrong characters into names.
"""

import codecs
import logging
from pathlib import Path

_log = logging.getLogger(__name__)
UTF8 = "UTF-8"


class NotText(ValueError):
    """A file in no encoding anybody edits text in; the sentence names it."""

    code = "file.not_text"

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file}: neither UTF-8 nor GBK")
        self.file = file


def read_text(path: Path) -> str:
    """The text without its byte order mark. Raises OSError and NotText."""
    text, encoding = decoded(path.read_bytes(), path)
    if encoding != UTF8:
        _log.warning("%s is %s, not UTF-8: save it as UTF-8", path.name, encoding)
    return text


def decoded(data: bytes, path: Path) -> tuple[str, str]:
    """The text of `data` and the encoding it was in: UTF-8, UTF-16 or GBK. Raises NotText, which names `path`."""
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16"), "UTF-16"
        return data.decode("utf-8-sig"), UTF8
    except UnicodeDecodeError:
        try:
            return data.decode("gb18030"), "GBK"
        except UnicodeDecodeError as error:
            raise NotText(path) from error
