"""The one door to OpenCV: `from hardware.opencv import cv2`.

Importing cv2 points two Qt variables at OpenCV's own old Qt; left there they would steer the window's Qt. It also puts a folder of its
own before the system's libraries, for every program we start (lp, tesseract). The thread pool is held to one thread because the window,
the recognition and the camera already share few cores.
"""

import os

# MSMF on Windows otherwise takes 4-20 s to open a camera, and must be told before the import (OpenCV #17687).
os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")

_libraries = os.environ.get("LD_LIBRARY_PATH")

import cv2  # noqa: E402 - what it does to the surroundings is noted before

for _name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR", "LD_LIBRARY_PATH"):
    os.environ.pop(_name, None)
if _libraries is not None:
    os.environ["LD_LIBRARY_PATH"] = _libraries

cv2.setNumThreads(1)

__all__ = ["cv2"]
