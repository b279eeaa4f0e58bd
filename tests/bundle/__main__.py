"""`make bundle` (`python -m tests.bundle`): build the installed program, pack it, try it, print its figures. Status 1: it is not right."""

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path

from desktop.version import VERSION
from tests.bundle import deb, inside, tried
from tests.sandbox.process import Sandbox

BUILD = tried.HOUSE / "build" / "bundle"
PACKAGES = tried.HOUSE / "dist"
LARGEST_MB = 500


def main() -> int:
    """Parse the options and do it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bundle")
    parser.add_argument("--id", dest="app_id", default=deb.APP_ID, help="the package's name: the reversed domain of who hands it out")
    parser.add_argument("--build-only", action="store_true", help="make the package and do not try it")
    parser.add_argument("--package", type=Path, help="try this one instead of building one")
    parser.add_argument("--rounds", type=int, default=tried.ROUNDS, help="timed starts of each kind")
    wanted = parser.parse_args()
    began = time.monotonic()
    try:
        package = wanted.package or _made(wanted.app_id)
        if not wanted.build_only:
            _tried(package.resolve(), wanted.app_id, wanted.rounds)
    except (tried.Wrong, deb.Unknown, subprocess.CalledProcessError) as e:
        print(f"make bundle: {e}", file=sys.stderr)
        return 1
    print(f"make bundle: {package.name} in {time.monotonic() - began:.0f} s")
    return 0


def _made(app_id: str) -> Path:
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "--distpath", str(BUILD / "made"),
                    "--workpath", str(BUILD / "work"), "installer.spec"], cwd=tried.HOUSE, check=True)
    tried.told_in_time("built", began)
    bundle = BUILD / "made" / "oncedesk"
    size_and_content(bundle)
    began = time.monotonic()
    PACKAGES.mkdir(exist_ok=True)
    package, asked = deb.build(bundle, PACKAGES, VERSION, app_id=app_id)
    tried.told_in_time("packed", began)
    print(f"  {package.name}: {package.stat().st_size / 1e6:.0f} MB; asks for glibc {asked.glibc}: {', '.join(asked.depends)}")
    return package


def size_and_content(bundle: Path) -> None:
    """Not too large, and nothing inside that is not the program's. Raises Wrong."""
    files = [file for file in bundle.rglob("*") if file.is_file() and not file.is_symlink()]
    size = sum(file.stat().st_size for file in files) / 1e6
    print(f"  unpacked: {size:.0f} MB in {len(files)} files")
    found = inside.modules(bundle / "oncedesk")
    if strangers := inside.strangers(found, inside.wheels_asked_for()):
        raise tried.Wrong(f"no business in the bundle: {', '.join(strangers)}")
    if missed := inside.missed(found):
        raise tried.Wrong(f"loaded from source and not in the bundle: {', '.join(missed)}")
    if test_files := [file for file in files if {"tests", "test"} & set(file.relative_to(bundle).parts) or file.name.startswith("test_")]:
        raise tried.Wrong(f"files of tests in the bundle: {', '.join(map(str, test_files[:5]))}")
    print(f"  modules: {len(found)}, all of Python, ours or of a wheel the program asks for; none is missed")
    if size > LARGEST_MB:
        raise tried.Wrong(f"{size:.0f} MB unpacked, more than {LARGEST_MB}")


def _tried(package: Path, app_id: str, rounds: int) -> None:
    tried.layout(package, app_id)
    began = time.monotonic()
    folder = BUILD / "试 运行 here"
    installed = tried.Installed.here(tried.unpacked(package, folder, deb.PROGRAM), folder)
    tried.told_in_time("unpacked from the package", began)
    steps = (("looks at itself", tried.looks_at_itself), ("loads its own libraries", tried.loads_its_own_libraries),
             ("checks its theme packs", tried.checks_themes), ("reads cards", tried.reads))
    for what, step in steps:
        began = time.monotonic()
        step(installed)
        tried.told_in_time(what, began)
    with Sandbox(folder / "province", delay=0.3) as province:
        began = time.monotonic()
        picture = tried.opens(installed, province)
        tried.told_in_time("opens the demo's window at the stand-in province", began)
        began = time.monotonic()
        tried.works_on_a_case(installed, province)
        tried.told_in_time("lists, prints, exports, sends a case and closes its day", began)
        kept = shutil.copyfile(picture, BUILD / "window.png")
        print(f"  picture: {kept.relative_to(tried.HOUSE)}")
        times = tried.starts(installed, province, rounds)
    for what, bundle, source in (("to the first window", times.bundle.painted, times.source.painted),
                                 ("to sign in", times.bundle.ready, times.source.ready)):
        print(f"  seconds {what}, median of {rounds}: {bundle:.2f} from the bundle, {source:.2f} from source")
    shutil.rmtree(folder)


if __name__ == "__main__":
    raise SystemExit(main())
