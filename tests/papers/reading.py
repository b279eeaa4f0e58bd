"""Reading our PDFs back: text, faces, and ink where none may be."""

import ctypes
import re

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from desktop.papers.preview import render


def text_of(pdf: bytes) -> str:
    """All text of all pages as a reader would copy it."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def squeezed(text: str) -> str:
    """Without white space, which line breaks in cells put anywhere."""
    return re.sub(r"\s+", "", text)


def embedded_fonts(pdf: bytes) -> set[tuple[str, bool]]:
    """Every face of every text object with whether its data is in the file."""
    found = set()
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
                face = pdfium.FPDFTextObj_GetFont(item.raw)
                buffer = ctypes.create_string_buffer(200)
                pdfium.FPDFFont_GetBaseFontName(face, buffer, 200)
                found.add((buffer.value.decode(), pdfium.FPDFFont_GetIsEmbedded(face) == 1))
    return found


def ink_outside(pdf: bytes, *, left: float, right: float) -> int:
    """Dark pixels left of `left` or right of the page's width minus `right` (points), over all pages."""
    count = 0
    for picture in render(pdf, 1190):
        scale = picture.shape[1] / (595.28 if picture.shape[0] > picture.shape[1] else 841.89)
        dark = picture.min(axis=2) < 200
        count += int(np.count_nonzero(dark[:, :int(left * scale)]))
        count += int(np.count_nonzero(dark[:, picture.shape[1] - int(right * scale) + 1:]))
    return count
