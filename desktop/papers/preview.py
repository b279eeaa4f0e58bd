"""PDF pages as pictures for the screen."""

import threading
from typing import cast

import pypdfium2

from hardware.readings import Image

_PDFIUM = threading.Lock()  # pdfium may be used by one thread at a time only


def render(pdf: bytes, width: int) -> tuple[Image, ...]:
    """Every page as a BGR picture `width` pixels wide; pypdfium2.PdfiumError when the bytes are no PDF."""
    with _PDFIUM:
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
