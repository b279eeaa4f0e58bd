#!/bin/sh
# Brings a bare Debian 12 or 13, Ubuntu 24.04 or 26.04 (or any machine with Python 3.11-3.14) to where `make demo` and `make test` can run.
# Installs system packages when root, names the one line that does when not; then .venv from requirements.lock. Safe to run again.
set -eu
cd "$(dirname "$0")/.."

# libGL/EGL/xkbcommon/dbus/fontconfig/glib: Qt off screen; xcb-*: a real X display; tesseract: the second recognition engine;
# python3-venv: Debian splits venv from Python. gcc, python3-dev, libsane-dev: python-sane comes as source; sane-utils, sane-airscan: saned, the
# `test` scanner the tests read from, eSCL; libusb: USB readers and printers; cups: A4 papers go through its queues. binutils: `make bundle`
# looks into what it builds; python3-dev brings the Python library that goes into it.
PACKAGES="python3 python3-venv libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 \
libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0 libxcb-render-util0 libxcb-image0 libxcb-randr0 \
tesseract-ocr tesseract-ocr-chi-sim ca-certificates gcc python3-dev libsane-dev sane-utils sane-airscan libusb-1.0-0 cups cups-client binutils"
SUPPORTED="import sys; assert (3, 11) <= sys.version_info[:2] <= (3, 14)"

# The name of the first supported Python that can do what $1 (a line of Python) asks; nothing when there is none.
find_python() {
    for candidate in python3.11 python3.12 python3.13 python3.14 python3; do
        if "$candidate" -c "$SUPPORTED; $1" >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
}

# Says which Python to install, and how, after what is wrong ($1); ends.
want_python() {
    echo "$1" >&2
    offered=$(apt-cache pkgnames python3.1 2>/dev/null | grep -E '^python3\.1[1-4]$' | sort -V | tail -n 1 || true)
    if [ -n "$offered" ]; then
        echo "Please install one beside it, as root, and try again: apt-get install -y $offered $offered-venv $offered-dev" >&2
    else
        echo "No package of this system brings one: please build Python 3.13 from https://www.python.org/downloads/ (./configure, make," >&2
        echo "make altinstall, which leaves the system's own Python alone) so that python3.13 is found on the PATH, and try again." >&2
    fi
    exit 2
}

# Before anything is installed: a Python of another version than the supported ones is not mended by the packages below.
if [ -z "$(find_python pass)" ] && command -v python3 >/dev/null 2>&1; then
    want_python "Python 3.11, 3.12, 3.13 or 3.14 is needed; here is only $(python3 --version 2>&1)."
fi

if command -v dpkg-query >/dev/null 2>&1; then
    # What is there, under its own name or one it stands in for: libglib2.0-0t64 provides libglib2.0-0 on newer systems.
    there=$(dpkg-query -W -f='${db:Status-Status} ${Package}, ${Provides}\n' | sed -n 's/^installed //p' | sed 's/([^)]*)//g' | tr -s ', ' '\n')
    missing=""
    for package in $PACKAGES; do
        echo "$there" | grep -qxF "$package" || missing="$missing $package"
    done
    if [ -n "$missing" ]; then
        if [ "$(id -u)" = 0 ]; then
            echo "Installing system packages:$missing"
            apt-get update -q
            # shellcheck disable=SC2086
            DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
        else
            echo "These system packages are missing. Please run this line as root (or with sudo before each apt-get), then try again:" >&2
            echo "  apt-get update && apt-get install -y --no-install-recommends$missing" >&2
            exit 2
        fi
    fi
fi

python=$(find_python "import ensurepip, venv, os, sysconfig; assert os.path.exists(sysconfig.get_path('include') + '/Python.h')")
[ -n "$python" ] || want_python "Python 3.11, 3.12, 3.13 or 3.14 is needed, with its venv module and its C headers."

# A .venv of a Python that has gone or changed (an upgraded system), or one whose making was interrupted, is made anew.
if ! .venv/bin/python -c "$SUPPORTED; import pip" >/dev/null 2>&1; then
    rm -rf .venv
    "$python" -m venv .venv
fi
# Wheels only, python-sane apart: where a wheel is missing, a sentence is better than an hour of somebody else's compiler errors.
# -W ignore: Debian 12's pip warns of a coming change of --no-binary, which is none for us.
if ! .venv/bin/python -W ignore -m pip install -q --disable-pip-version-check --no-deps --require-hashes \
        --only-binary=:all: --no-binary=python-sane -r requirements.lock; then
    here=$(.venv/bin/python -c "import platform; print(f'Python {platform.python_version()} on {platform.machine()}', *platform.libc_ver())")
    echo "The locked packages could not be installed; pip says above why. This is $here." >&2
    echo "If pip reached its index and found no matching distribution, that package has no wheel here. All have one for Python 3.11 to 3.14" >&2
    echo "on x86_64 with glibc 2.34 or newer (Debian 12, Ubuntu 22.04) and on aarch64 with glibc 2.39 or newer (Debian 13, Ubuntu 24.04)." >&2
    exit 2
fi
.venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
touch .venv/.ready
