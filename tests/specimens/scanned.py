"""PDFs as a copier makes them, of the demo desk's frames."""

import io
from pathlib import Path

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

DESK = Path(__file__).resolve().parents[2] / "resources" / "recordings" / "desk"


def scanned(*scenes: str, locked: bool = False) -> bytes:
    """A PDF with one picture a page; "" is a page with nothing on it."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 446), encrypt=StandardEncryption("secret") if locked else None)
    for scene in scenes:
        if scene:
            canvas.drawImage(ImageReader(str(DESK / f"{scene}.jpg")), 0, 0, 595, 446)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
