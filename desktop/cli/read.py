"""`oncedesk read`: pictures and PDFs through recognition, as JSON. How a page is read is recognition's."""

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli.commands import argument, command
from desktop.cli.outcome import DONE, FOUND, Json, Outcome, plain
from desktop.settings import Settings
from desktop.wording import remedy, say

if TYPE_CHECKING:
    from desktop.recognition.read import Recogniser
    from desktop.recognition.reading import Code, DocType, Page


def _doc_type(text: str) -> str:
    from desktop.recognition.reading import DOC_TYPES

    if text not in DOC_TYPES:
        raise argparse.ArgumentTypeError(f"{text}: one of {', '.join(DOC_TYPES)}")
    return text


@command("read", "识别图片或 PDF", argument("images", nargs="+", metavar="IMAGE"),
         argument("--as", dest="as_type", type=_doc_type, metavar="TYPE"))
def _read(args: argparse.Namespace, _: Settings) -> Outcome:
    from desktop.recognition.apart import ReadingProcess

    recogniser = ReadingProcess()
    rows = [_file_json(recogniser, name, args.as_type) for name in args.images]
    if recogniser.fault:
        print(say(recogniser.fault), file=sys.stderr)
    bad = recogniser.fault is not None or any("error" in row for row in rows)
    lines = [f"{row['file']}: " + "；".join(filter(None, ("、".join(page["doc_type"] for page in row.get("pages", ())), row.get("error"))))
             for row in rows]
    return Outcome(rows, lines, FOUND if bad else DONE)


def _file_json(recogniser: "Recogniser", name: str, wanted: "DocType | None") -> Json:
    """One file's row. Pages and codes of a PDF or of a TIFF with several pictures have `sheet` (from 1), a PDF's corners are in points.

    `error` beside `pages` says what lacks.
    """
    from desktop.recognition import decoding
    from desktop.recognition.reading import NotAPicture

    start = time.perf_counter()
    pages: list[Json] = []
    codes: list[Json] = []
    error: dict[str, str] = {}
    try:
        picture = decoding.file_bytes(Path(name))
        sheets = decoding.sheets(picture)
        for sheet in range(sheets):
            found = recogniser.read(picture, wanted, sheet=sheet)
            loose = recogniser.codes(picture, sheet=sheet) if all(page.doc_type == "other" for page in found) else ()   # a phone, perhaps
            on_pages = {(code.kind, code.text) for page in found for code in page.codes}
            where = {"sheet": sheet + 1} if decoding.is_pdf(picture) or sheets > 1 else {}
            pages += [where | _page_json(page) for page in found]
            codes += [where | _code_json(code) for code in loose if (code.kind, code.text) not in on_pages]
    except NotAPicture as e:
        error = {"error": f"{say(e.code)}。{remedy(e.code)}"}
        if not pages:
            return {"file": name, **error}
    if not pages and not codes:
        error = {"error": f"{say('picture.no_page')}。{remedy('picture.no_page')}"}
    return {"file": name, "pages": pages, "codes": codes, "ms": round((time.perf_counter() - start) * 1000), **error}


def _page_json(page: "Page") -> Json:
    return {"quad": [list(point) for point in page.quad], "doc_type": page.doc_type,
            "fields": {key: {"value": field.value, "confidence": round(field.confidence, 4), "box": list(field.box)}
                       for key, field in page.fields.items()},
            "codes": [_code_json(code) for code in page.codes], "quality": plain(page.quality), "ms": round(page.ms)}


def _code_json(code: "Code") -> Json:
    return {"kind": code.kind, "text": code.text, "quad": [list(point) for point in code.quad]}


add = _read.add
