"""By which road Chinese is typed: the decision for every session, and what it leaves behind."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.ui import input_method
from desktop.ui.input_method import InputMethod, Plugin, Surroundings, Version, built_for, choose, ready
from desktop.wording import known

X = {"DISPLAY": ":0"}
OURS: Version = (6, 8)
FITTING = Plugin(Path("/usr/lib/libfcitx5platforminputcontextplugin.so"), OURS)
OLDER = Plugin(Path("/usr/lib/libfcitx5platforminputcontextplugin.so"), (6, 4))
NEWER = Plugin(Path("/usr/lib/libfcitx5platforminputcontextplugin.so"), (6, 9))
AS_IBUS = {"QT_IM_MODULE": "ibus", "IBUS_USE_PORTAL": "1"}


def session(environment: dict[str, str], *running: str, plugins: tuple[Plugin, ...] = (), ibus: bool = False, platform: str = "linux",
            qt: Version | None = OURS) -> InputMethod:
    return choose(Surroundings(platform, environment, qt, plugins, frozenset(running), ibus))


def test_where_fcitx_s_own_plugin_was_built_for_our_qt_it_is_used() -> None:
    found = session({**X, "QT_IM_MODULE": "fcitx"}, "fcitx5", plugins=(OLDER, FITTING))
    assert (found.name, found.how, found.plugin, found.types_chinese) == ("fcitx", "plugin", FITTING.path, True)
    assert found.environment == {"QT_IM_MODULE": "fcitx"}


@pytest.mark.parametrize(("plugins", "qt"), [((), OURS), ((OLDER,), OURS), ((NEWER,), OURS), ((FITTING,), None)])
def test_a_plugin_of_another_qt_is_left_alone_and_the_ibus_front_end_asked(plugins: tuple[Plugin, ...], qt: Version | None) -> None:
    found = session({**X, "QT_IM_MODULE": "fcitx5"}, "fcitx5", plugins=plugins, qt=qt)
    assert (found.name, found.how, found.code) == ("fcitx", "ibus_front_end", "input_method.fcitx_as_ibus")
    assert found.environment == AS_IBUS


@pytest.mark.parametrize("said", [
    {"QT_IM_MODULE": "fcitx"}, {"XMODIFIERS": "@im=fcitx"}, {"GTK_IM_MODULE": "fcitx"}, {"INPUT_METHOD": "fcitx5"}, {}])
def test_a_running_fcitx_is_found_however_the_session_says_so(said: dict[str, str]) -> None:
    assert session({**X, **said}, "fcitx5").code == "input_method.fcitx_as_ibus"


def test_a_list_of_modules_is_replaced_as_well_for_qt_looks_at_it_first() -> None:
    found = session({**X, "QT_IM_MODULES": "wayland;fcitx;ibus"}, "fcitx5")
    assert found.environment == {**AS_IBUS, "QT_IM_MODULES": "ibus"}


def test_ibus_stays_what_it_is_unless_only_fcitx_answers_to_its_name() -> None:
    real = session({**X, "QT_IM_MODULE": "ibus"}, "ibus-daemon", ibus=True)
    assert (real.how, real.types_chinese, real.environment) == ("ibus", True, {"QT_IM_MODULE": "ibus"})
    assert session({**X, "QT_IM_MODULE": "ibus"}, "fcitx5").environment == AS_IBUS
    assert session(X, "ibus-daemon", ibus=True).environment == {"QT_IM_MODULE": "ibus"}


def test_version_4_of_fcitx_has_no_front_end_and_says_so_unless_its_plugin_fits() -> None:
    assert session({**X, "QT_IM_MODULE": "fcitx"}, "fcitx").code == "input_method.fcitx4"
    assert session({**X, "QT_IM_MODULE": "fcitx"}, "fcitx", plugins=(FITTING,)).code == "input_method.fcitx_plugin"


@pytest.mark.parametrize("module", ["fcitx", "ibus"])
def test_what_is_set_up_and_does_not_run_is_told_and_its_road_is_kept_open(module: str) -> None:
    found = session({**X, "QT_IM_MODULE": module})
    assert (found.code, found.types_chinese) == ("input_method.not_running", False)
    assert found.environment["QT_IM_MODULE"] == "ibus", "it may be started after the window"


@pytest.mark.parametrize(("environment", "platform"), [
    ({}, "win32"), ({"QT_IM_MODULE": "fcitx"}, "win32"), ({}, "darwin"), ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "linux"),
    ({"WAYLAND_DISPLAY": "wayland-0", "QT_IM_MODULES": "wayland;fcitx;ibus"}, "linux")])
def test_where_the_system_or_the_compositor_does_it_nothing_is_set(environment: dict[str, str], platform: str) -> None:
    found = session(environment, "fcitx5", platform=platform)
    assert (found.how, found.types_chinese, found.environment) == ("system", None, {})


def test_a_window_drawn_by_x_in_a_wayland_session_goes_by_the_rules_of_x() -> None:
    assert session({**X, "WAYLAND_DISPLAY": "wayland-0", "QT_QPA_PLATFORM": "xcb"}, "fcitx5").how == "ibus_front_end"


def test_nothing_found_another_module_and_no_display_are_told_apart() -> None:
    assert (session(X).code, session(X).types_chinese) == ("input_method.none", False)
    assert (session({**X, "QT_IM_MODULE": "maliit"}).code, session({**X, "QT_IM_MODULE": "maliit"}).types_chinese) == (
        "input_method.chosen", None)
    assert session({}).code == "input_method.no_display"


def test_what_is_told_here_has_a_sentence() -> None:
    assert known(input_method.told().code)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ELF files")
def test_a_plugin_says_which_qt_it_was_built_for(tmp_path: Path) -> None:
    assert input_method._our_qt() is not None, "PySide6 ships the IBus plugin: both roads lean on it"
    (tmp_path / "plugin.so").write_bytes(b"\x7fELF" + b"\0" * 60 + b"qt-project!\0\x01\x06\x08\x01...")
    (tmp_path / "short.so").write_bytes(b"\x7fELFqt-project!\0\x01")
    assert built_for(tmp_path / "plugin.so") == (6, 8)
    assert built_for(tmp_path / "short.so") is None
    assert built_for(tmp_path / "none.so") is None


def test_what_is_set_for_qt_is_gone_for_the_programs_started_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_IM_MODULE", "fcitx")
    monkeypatch.delenv("IBUS_USE_PORTAL", raising=False)
    with ready(InputMethod("fcitx", "ibus_front_end", code="x", environment=AS_IBUS)):
        assert (os.environ["QT_IM_MODULE"], os.environ["IBUS_USE_PORTAL"]) == ("ibus", "1")
    assert (os.environ["QT_IM_MODULE"], os.environ.get("IBUS_USE_PORTAL")) == ("fcitx", None)


def test_only_the_one_plugin_of_the_systems_folder_is_shown_to_qt(tmp_path: Path) -> None:
    from PySide6.QtCore import QCoreApplication

    plugin = tmp_path / "libfcitx5platforminputcontextplugin.so"
    plugin.touch()
    before = set(QCoreApplication.libraryPaths())
    with ready(InputMethod("fcitx", "plugin", code="x", plugin=plugin, environment={"QT_IM_MODULE": "fcitx"})):
        (place,) = set(QCoreApplication.libraryPaths()) - before
        assert [path.resolve() for path in Path(place).rglob("*.so")] == [plugin]
    assert set(QCoreApplication.libraryPaths()) == before
    assert not Path(place).exists()


def test_where_no_link_can_be_made_the_other_road_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryDirectory", full)
    with ready(InputMethod("fcitx", "plugin", code="x", plugin=tmp_path / "p.so", environment={"QT_IM_MODULE": "fcitx"})):
        assert os.environ["QT_IM_MODULE"] == "ibus"


def test_the_road_is_told_without_loading_qt() -> None:
    code = "import sys; from desktop.ui import input_method; input_method.told(); sys.exit('PySide6' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


_PROGRAMS = ("fcitx5", "fcitx5-remote", "Xvfb", "xvfb-run", "dbus-run-session", "xdotool", "openbox")


@pytest.mark.nightly
@pytest.mark.skipif(any(shutil.which(program) is None for program in _PROGRAMS), reason=f"needs {', '.join(_PROGRAMS)}")
@pytest.mark.parametrize("said", ["XMODIFIERS=@im=fcitx", "QT_IM_MODULE=fcitx", "QT_IM_MODULE=ibus"])
def test_pinyin_typed_into_a_blank_of_the_form_comes_out_as_chinese(said: str, tmp_path: Path) -> None:
    """Real fcitx, real keys, a display of its own; by its IBus front end, or its plugin where the system's Qt is ours."""
    script = Path(__file__).with_name("typing.sh")
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "PYTHONPATH"}}
    done = subprocess.run(["xvfb-run", "-a", "dbus-run-session", "--", "bash", str(script), sys.executable, str(tmp_path)],
                          env=clean | dict([said.split("=", 1)]), capture_output=True, text=True, timeout=100, check=False)
    assert (tmp_path / "typed").read_text("utf-8") == "你好世界", done.stderr[-2000:]
