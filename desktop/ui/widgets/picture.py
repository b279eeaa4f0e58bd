"""A picture as a flow hands it over (BGR or grey pixels), made fit for Qt. Every picture on a screen comes through here."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

Pixels = NDArray[np.uint8]


def as_qimage(pixels: Pixels) -> QImage:
    """A QImage over its own copy of `pixels`, shape (height, width, 3) BGR or (height, width) grey."""
    pixels = np.ascontiguousarray(pixels)      # a slice is not contiguous, and QImage wants plain rows
    height, width = pixels.shape[:2]
    kind = QImage.Format.Format_BGR888 if pixels.ndim == 3 else QImage.Format.Format_Grayscale8
    # The copy (2 ms at 5 MP, far less at screen size) frees the view from the array's life.
    return QImage(pixels.data, width, height, pixels.strides[0], kind).copy()
