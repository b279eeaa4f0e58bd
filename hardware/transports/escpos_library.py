"""python-escpos, imported once and tidily: its connection classes for transports, nothing of its text engine.

Its text engine loses Chinese punctuation and rare characters, its Serial waits out the whole timeout on every query
(serial_line.py is used instead), and its status calls take a mute printer for a healthy one; printer/ does all that.
"""

import logging
import os
import shutil

_root_was_bare = not logging.getLogger().handlers

from escpos import capabilities  # noqa: E402
from escpos.exceptions import Error as EscposError  # noqa: E402
from escpos.printer import Dummy, File, Network  # noqa: E402

# The import configures the root logger and leaves a folder in the system's temporary one: both are undone.
if _root_was_bare:
    logging.getLogger().handlers.clear()
if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
    shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)

__all__ = ["Dummy", "EscposError", "File", "Network"]
