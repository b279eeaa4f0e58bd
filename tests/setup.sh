#!/bin/sh
# Brings a bare Debian 12 (or any machine with Python 3.11-3.13) to where `make demo` and `make test` can run.
# Installs system packages when root, lists them when not; then .venv from requirements.lock. Safe to run again.
set -eu
cd "$(dirname "$0")/.."

# libGL/EGL/xkbcommon/dbus/fontconfig/glib: Qt off screen; xcb-*: a real X display; tesseract: the second recognition engine;
# python3-venv: Debian splits venv from Python. gcc, python3-dev, libsane-dev: python-sane comes as source; sane-utils, sane-airscan: saned, the
# `test` scanner the tests read from, eSCL; libusb: USB readers and printers; cups: A4 papers go through its queues. binutils: `make bundle`
# looks into what it builds; python3-dev brings the Python library that goes into it.
PACKAGES="python3 python3-venv libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 \
libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0 libxcb-render-util0 libxcb-image0 libxcb-randr0 \
tesseract-ocr tesseract-ocr-chi-sim ca-certificates gcc python3-dev libsane-dev sane-utils sane-airscan libusb-1.0-0 cups cups-client binutils"

if command -v dpkg-query >/dev/null 2>&1; then
    missing=""
    for package in $PACKAGES; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
    done
    if [ -n "$missing" ]; then
        if [ "$(id -u)" = 0 ]; then
            echo "Installing system packages:$missing"
            apt-get update -q
            # shellcheck disable=SC2086
            DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
        else
            echo "These system packages are missing. Please run, then try again:" >&2
            echo "  sudo apt-get install -y --no-install-recommends$missing" >&2
            exit 2
        fi
    fi
fi

python=""
for candidate in python3.11 python3.12 python3.13 python3; do
    if command -v "$candidate" >/dev/null 2>&1 &&
       "$candidate" -c 'import sys, ensurepip, venv; raise SystemExit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Python 3.11, 3.12 or 3.13 with the venv module is needed." >&2
    exit 2
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
.venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
touch .venv/.ready
