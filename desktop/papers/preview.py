"""PDF pages as pictures for the screen."""

from typing import cast

import pypdfium2

from hardware.printer.paper_queue import PDFIUM
from hardware.readings import Image


def render(pdf: bytes, width: int) -> tuple[Image, ...]:
    """Every page as a BGR picture `width` pixels wide; pypdfium2.PdfiumError when the bytes are no PDF."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            pictures = []
            for page in document:
                bitmap = page.render(scale=width / page.get_width())
                pictures.append(cast("Image", bitmap.to_numpy()[:, :width].copy()))
                bitmap.close()
                page.close()
            return tuple(pictures)
        finally:
            document.close()
