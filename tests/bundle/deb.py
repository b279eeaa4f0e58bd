"""The bundle as a package of UOS's layout: all of it under /opt/apps/<id>/, nothing run when it is installed.

Layout after UOS's packaging rules for its store: an `info` file, entries/applications, entries/icons, files/; no maintainer scripts.
Debian and what derives from it install the same file; only UOS and deepin show an entry in the menu. Not proved here: UOS, Kylin.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.bundle import elf

HOUSE = Path(__file__).resolve().parents[2]
APP_ID = "com.example.oncedesk"
"""UOS wants the reversed domain of who hands the program out: his own goes here (python -m tests.bundle --id …)."""
TITLE = "一次办窗口终端"
PROGRAM = "files/bin/oncedesk"
SIGN = "clipboard-list"
"""The picture of resources/icons that the menu shows."""

_LIBC = ("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libresolv.so.2", "libutil.so.1", "ld-linux-x86-64.so.2",
         "ld-linux-aarch64.so.1")
PACKAGES = {
    **dict.fromkeys(_LIBC, "libc6"), "libstdc++.so.6": "libstdc++6", "libgcc_s.so.1": "libgcc-s1 | libgcc1", "libcrypt.so.1": "libcrypt1",
    "libGL.so.1": "libgl1", "libGLX.so.0": "libglx0", "libOpenGL.so.0": "libopengl0", "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6", "libX11-xcb.so.1": "libx11-xcb1", "libxcb.so.1": "libxcb1", "libXext.so.6": "libxext6",
    "libXau.so.6": "libxau6", "libXdmcp.so.6": "libxdmcp6", "libICE.so.6": "libice6", "libSM.so.6": "libsm6", "libuuid.so.1": "libuuid1",
    "libfontconfig.so.1": "libfontconfig1", "libfreetype.so.6": "libfreetype6", "libexpat.so.1": "libexpat1",
    "libdbus-1.so.3": "libdbus-1-3", "libsystemd.so.0": "libsystemd0", "libudev.so.1": "libudev1",
    "libglib-2.0.so.0": "libglib2.0-0", "libgthread-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2", "libz.so.1": "zlib1g",
}
"""Library the bundle leaves to the system -> its package, by the names of Debian 10 to 12, which UOS and Kylin share."""
WITHOUT = {"libsane.so.1": "libsane1 | libsane"}
"""Libraries only one kind of device needs: recommended."""
RECOMMENDED = ("tesseract-ocr", "tesseract-ocr-chi-sim", "cups-client")
"""Programs of the system that the window uses when they are there."""
_COMPILERS = ((34, "15"), (33, "14"), (31, "13"), (30, "12"), (29, "11"), (26, "9"), (25, "8"), (23, "7"), (22, "6"))
"""GLIBCXX_3.4.<n> and the compiler that brought it, whose version Debian's libstdc++6 bears."""


class Unknown(Exception):
    """A library is asked for that is neither in the bundle nor in PACKAGES."""


@dataclass(frozen=True)
class Asked:
    """What the bundle asks of the system."""

    glibc: str
    """Newest symbol version of the C library, like 2.35."""
    depends: tuple[str, ...]
    recommends: tuple[str, ...]


def asked_of_the_system(folder: Path) -> Asked:
    """Read from every program file and library under `folder`. Raises Unknown."""
    files = [file for file in folder.rglob("*") if file.is_file() and not file.is_symlink() and elf.is_elf(file)]
    found = elf.needs(files).values()
    return worked_out((name for one in found for name in one.libraries), (name for one in found for name in one.versions),
                      {file.name for file in folder.rglob("*")})


def worked_out(libraries: Iterable[str], versions: Iterable[str], inside: set[str]) -> Asked:
    """Packages of what is not inside. Raises Unknown."""
    outside, versions = set(libraries) - inside, set(versions)
    if unknown := outside - PACKAGES.keys() - WITHOUT.keys():
        raise Unknown(f"in no package known here and not in the bundle: {', '.join(sorted(unknown))}")
    glibc = ".".join(map(str, elf.newest(versions, "GLIBC")))
    least = {"libc6": glibc}
    if cxx := elf.newest(versions, "GLIBCXX"):
        level = cxx[2] if len(cxx) > 2 else 0
        least["libstdc++6"] = next((compiler for brought, compiler in _COMPILERS if level >= brought), "5")
    packages = sorted({PACKAGES[name] for name in outside & PACKAGES.keys()})
    return Asked(glibc, tuple(f"{name} (>= {least[name]})" if name in least else name for name in packages),
                 tuple(sorted({WITHOUT[name] for name in outside & WITHOUT.keys()}) + list(RECOMMENDED)))


def build(bundle: Path, target: Path, version: str, *, app_id: str = APP_ID) -> tuple[Path, Asked]:
    """Make `<target>/<id>_<version>_<architecture>.deb` of the one-dir `bundle`; what is asked of the system is in its control file."""
    asked = asked_of_the_system(bundle)
    architecture = subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True).stdout.strip()
    version = four_numbers(version)
    tree = target / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    app = tree / "opt" / "apps" / app_id
    shutil.copytree(bundle, app / "files" / "bin", symlinks=True, copy_function=os.link)
    _write(app / "info", info(app_id, version, architecture))
    _write(app / "entries" / "applications" / f"{app_id}.desktop", desktop_entry(app_id))
    _write(app / "entries" / "icons" / "hicolor" / "scalable" / "apps" / f"{app_id}.svg", icon())
    _write(app / "files" / "doc" / "copyright", _copyright())
    sums = "".join(f"{hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()}  {file.relative_to(tree)}\n"
                   for file in sorted(app.rglob("*")) if file.is_file() and not file.is_symlink())
    size = sum(file.lstat().st_size for file in app.rglob("*") if not file.is_dir()) // 1024
    _write(tree / "DEBIAN" / "control", control(app_id, version, architecture, asked, size))
    _write(tree / "DEBIAN" / "md5sums", sums)
    for file in [tree, *tree.rglob("*")]:        # whatever umask the builder lives under
        if not file.is_symlink():
            file.chmod(0o755 if file.is_dir() or os.access(file, os.X_OK) else 0o644)
    package = target / f"{app_id}_{version}_{architecture}.deb"
    # gzip: the dpkg of UOS and Kylin reads no zstd, and xz takes ten times as long for a tenth less.
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "--build", str(tree), str(package)], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(tree)
    return package, asked


def four_numbers(version: str) -> str:
    """UOS's MAJOR.MINOR.PATCH.BUILD of our version."""
    parts = version.split(".")
    if not 1 <= len(parts) <= 4 or not all(part.isdecimal() for part in parts):
        raise ValueError(f"{version!r}: UOS takes up to four numbers")
    return ".".join([*parts, "0", "0", "0"][:4])


def info(app_id: str, version: str, architecture: str) -> str:
    """UOS's description of the program; cameras are opened through V4L2."""
    wanted = {"camera"}
    known = ("autostart", "notification", "trayicon", "clipboard", "account", "bluetooth", "camera", "audio_record", "installed_apps")
    told = {"appid": app_id, "name": TITLE, "version": version, "arch": [architecture],
            "permissions": {name: name in wanted for name in known}}
    return json.dumps(told, ensure_ascii=False, indent=4) + "\n"


def desktop_entry(app_id: str) -> str:
    """The entry of the menu."""
    return f"""[Desktop Entry]
Type=Application
Name=Oncedesk
Name[zh_CN]={TITLE}
Comment=Window terminal for one-visit government services
Comment[zh_CN]=“高效办成一件事”窗口受理
Exec=/opt/apps/{app_id}/{PROGRAM}
Icon={app_id}
Categories=Office;
Terminal=false
StartupNotify=true
StartupWMClass=oncedesk
"""


def icon() -> str:
    """A sign of ours on the window's own green."""
    lines = (HOUSE / "resources" / "icons" / f"{SIGN}.svg").read_text("utf-8")
    strokes = "".join(re.findall(r"<path [^>]*/>", lines))
    green = json.loads((HOUSE / "resources" / "styles" / "tokens.json").read_text("utf-8"))["modes"]["light"]["primary"]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" '
            f'fill="{green}"/><g transform="translate(4 4)" fill="none" stroke="#ffffff" stroke-width="1.8" stroke-linecap="round" '
            f'stroke-linejoin="round">{strokes}</g></svg>\n')


def control(app_id: str, version: str, architecture: str, asked: Asked, size: int) -> str:
    """Debian's description of the package."""
    return f"""Package: {app_id}
Version: {version}
Architecture: {architecture}
Maintainer: Oncedesk <oncedesk@example.invalid>
Installed-Size: {size}
Depends: {", ".join(asked.depends)}
Recommends: {", ".join(asked.recommends)}
Section: misc
Priority: optional
Description: {TITLE}
 Window terminal for one-visit government services: reads ID cards and papers, fills
 the one form, keeps everything encrypted, sends it to the province exactly once.
"""


def _copyright() -> str:
    licences = (HOUSE / "README.md").read_text("utf-8").partition("## Licences\n")[2].strip()
    return f"""{licences}

Python packages bring their licences in files/bin/_internal/*.dist-info. Qt for Python is under the LGPL 3: its libraries lie
there as files of their own and may be replaced. System libraries taken along (lib*.so.* in that folder) are those of the
distribution the package was built on, under the licences it gives in /usr/share/doc.
"""


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
