#!/bin/sh
# The window's tests, and the demo, on the oldest Qt for Python a target has wheels for (resources/help/targets.md): `make lowest-qt`.
# Everything else is .venv's; the old Qt lies before it in an environment of its own, build/lowest-qt.
set -eu
cd "$(dirname "$0")/.."
QT=6.8.0.2
PLACE=build/lowest-qt

rm -rf "$PLACE"
.venv/bin/python -m venv "$PLACE/venv"
python=$PLACE/venv/bin/python
"$python" -m pip install -q --disable-pip-version-check --no-deps "pyside6-essentials==$QT" "shiboken6==$QT"
# A .pth file is read after the environment's own packages: what is in both is taken from here.
for folder in "$PWD" "$(.venv/bin/python -c "import pytest, pathlib; print(pathlib.Path(pytest.__file__).parents[1])")"; do
    echo "$folder"
done > "$("$python" -c "import sysconfig; print(sysconfig.get_path('purelib'))")/rest.pth"
"$python" - "$QT" <<'PYTHON'
import sys

import PySide6
import pytestqt
from PySide6.QtCore import qVersion

assert PySide6.__version__ == sys.argv[1], f"{PySide6.__version__} from {PySide6.__file__}"
print(f"Qt for Python {PySide6.__version__}, Qt {qVersion()}, Python {sys.version.split()[0]}")
PYTHON
QT_QPA_PLATFORM=offscreen "$python" -m pytest -q -n 2 --dist loadfile "$@" tests/ui tests/cli/test_picture.py
QT_QPA_PLATFORM=offscreen "$python" -m tests.demo --out "$PLACE/demo"
