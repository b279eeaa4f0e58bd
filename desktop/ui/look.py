"""How everything looks: tokens.json and app.qss made into a style sheet, colours, measures, icons and fonts.

Screens ask a Look for a measure or a colour and never write one down; what must change with scale or mode is given to
`Look.follow`. What a code says to a person is wording.py.
"""

import json
import re
import weakref
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import shiboken6
from PySide6.QtCore import QByteArray, QLibraryInfo, QObject, QRectF, QSize, Qt, QTemporaryDir, QTranslator, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLayout, QWidget

Mode = Literal["light", "dark", "contrast"]
Scale = Literal["compact", "standard", "elder", "extra"]
MODES: tuple[Mode, ...] = ("light", "dark", "contrast")
SCALES: tuple[Scale, ...] = ("compact", "standard", "elder", "extra")
MODE_WORDS: dict[Mode, str] = {"light": "浅色", "dark": "深色", "contrast": "高对比"}
SCALE_WORDS: dict[Scale, str] = {"compact": "紧凑", "standard": "标准", "elder": "大字", "extra": "特大"}

_SMALLEST_TEXT = 14
"""px; even the compact scale goes no lower."""
_WIDTHS = {"rail", "stepper", "camera"}
"""These grow at 40 % of the text, or the form would starve beside them."""
_FIXED = {"radius", "radiusCard", "border", "focusBorder"}
_PLACEHOLDER = re.compile(r"@(c|f|z|s|img)\.([A-Za-z0-9-]+)|@(family|heavy)")
_STYLES = Path(str(resources.files("resources"))) / "styles"
_ICONS = _STYLES.parent / "icons"
_FONTS = _STYLES.parent / "fonts"
_ITEM = TypeVar("_ITEM", bound=QObject)


def read_tokens() -> dict[str, Any]:
    """The design tokens as they stand in resources/styles/tokens.json."""
    return cast("dict[str, Any]", json.loads((_STYLES / "tokens.json").read_text(encoding="utf-8")))


def restyle(widget: QWidget, **properties: object) -> None:
    """Set dynamic properties (`state="error"`, `role="h1"`) and let the style sheet see them."""
    changed = False
    for name, value in properties.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            changed = True
    if changed:
        style = widget.style()
        style.unpolish(widget)
        style.polish(widget)
        widget.update()


class Look(QObject):
    """The look in force: one mode, one scale. `changed` is emitted after the whole application wears the new one."""

    changed = Signal()

    def __init__(self, mode: Mode = "light", scale: Scale = "standard") -> None:
        super().__init__()
        self._tokens = read_tokens()
        self._mode: Mode = mode
        self._scale: Scale = scale
        self._pixmaps: dict[tuple[str, str, int], QPixmap] = {}
        self._fonts: dict[tuple[str, bool], QFont] = {}
        self._followers: list[tuple[weakref.ref[QObject], Callable[[Any], object]]] = []
        self._pictures = QTemporaryDir()
        self._fonts_loaded = False

    # -- what is in force -------------------------------------------------------------------------------------------

    @property
    def mode(self) -> Mode:
        """light, dark or contrast."""
        return self._mode

    @property
    def scale(self) -> Scale:
        """compact, standard, elder or extra."""
        return self._scale

    @property
    def compact(self) -> bool:
        """Small screens: the stepper shows numbers only."""
        return self._scale == "compact"

    @property
    def factor(self) -> float:
        """How much larger text is than at the standard scale."""
        return float(self._tokens["scale"][self._scale])

    def hex(self, token: str) -> str:
        """A colour as #RRGGBB."""
        return str(self._tokens["modes"][self._mode][token])

    def color(self, token: str) -> QColor:
        """A colour of the mode in force."""
        return QColor(self.hex(token))

    def text(self, name: str) -> int:
        """A text size in px: caption body field label h3 h2 h1 display."""
        return max(_SMALLEST_TEXT, round(int(self._tokens["font"][name]) * self.factor))

    def space(self, name: str) -> int:
        """A distance in px: xs sm md lg xl xxl xxxl; grows at half the rate of the text."""
        return round(int(self._tokens["space"][name]) * (1 + (self.factor - 1) * 0.5))

    def size(self, name: str) -> int:
        """A measure in px: field button rail topbar … as named in tokens.json."""
        if name == "camera" and self.compact:
            return 400
        base = int(self._tokens["size"][name])
        if name in _FIXED:
            return base
        return round(base * (1 + (self.factor - 1) * (0.4 if name in _WIDTHS else 1)))

    def motion(self, name: str) -> int:
        """A duration in ms: fast normal toast autoCaptureHold."""
        return int(self._tokens["motion"][name])

    def font(self, name: str = "body", *, bold: bool = False) -> QFont:
        """A font for things painted by hand; `name` as in `text`."""
        if (name, bold) not in self._fonts:
            font = QFont()
            font.setFamilies(self._families(heavy=bold))
            font.setPixelSize(self.text(name))
            font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
            self._fonts[name, bold] = font
        return QFont(self._fonts[name, bold])

    def _families(self, *, heavy: bool) -> list[str]:
        """The heavy face is a family of its own, so that a rare name's character falls back to the complete one."""
        families = [str(family) for family in self._tokens["font"]["family"]]
        return [str(self._tokens["font"]["heavy"]), *families] if heavy else families

    # -- changing it ------------------------------------------------------------------------------------------------

    def wear(self, *, mode: Mode | None = None, scale: Scale | None = None) -> None:
        """Put another mode or scale on the whole application."""
        self._mode = mode or self._mode
        self._scale = scale or self._scale
        self.apply()

    def apply(self) -> None:
        """Dress the application: fonts once, Fusion, the style sheet; then tell all followers."""
        app = cast("QApplication", QApplication.instance())
        if not self._fonts_loaded:
            for path in sorted(_FONTS.glob("*.ttf")):
                QFontDatabase.addApplicationFont(str(path))
            app.setStyle("Fusion")
            self._speak_chinese(app)
            self._fonts_loaded = True
        self._pixmaps.clear()
        self._fonts.clear()
        app.setStyleSheet(self.style_sheet())
        alive = []
        for ref, apply in self._followers:
            owner = ref()
            if owner is not None and shiboken6.isValid(owner):
                apply(owner)
                alive.append((ref, apply))
        self._followers = alive
        self.changed.emit()

    def _speak_chinese(self, app: QApplication) -> None:
        """The words of Qt's own dialogs and menus."""
        translator = QTranslator(app)
        if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            app.installTranslator(translator)

    def follow(self, owner: _ITEM, apply: Callable[[_ITEM], object]) -> None:
        """Call `apply(owner)` now and after every change of the look, as long as `owner` lives.

        `apply` should use its argument rather than hold the widget, or the widget is kept alive.
        """
        self._followers.append((weakref.ref(owner), apply))
        apply(owner)

    def lay(self, layout: QLayout, margins: tuple[str, str, str, str] | str = "", gap: str = "") -> None:
        """Margins (left, top, right, bottom, or one for all; "" = 0) and spacing of a layout, by names of spaces."""
        names = margins if isinstance(margins, tuple) else (margins,) * 4

        def apply(item: QLayout) -> None:
            item.setContentsMargins(*(self.space(name) if name else 0 for name in names))
            item.setSpacing(self.space(gap) if gap else 0)

        self.follow(layout, apply)

    def measure(self, widget: QWidget, width: str = "", height: str = "") -> None:
        """Fix a widget's width or height to a named measure."""

        def apply(item: QWidget) -> None:
            if width:
                item.setFixedWidth(self.size(width))
            if height:
                item.setFixedHeight(self.size(height))

        self.follow(widget, apply)

    # -- icons ------------------------------------------------------------------------------------------------------

    def pixmap(self, name: str, colour: str = "ink2", size: int = 0) -> QPixmap:
        """An icon of resources/icons in a colour token; `size` in px, 0 = the usual icon."""
        px = size or self.size("icon")
        key = (name, self.hex(colour), px)
        if key not in self._pixmaps:
            self._pixmaps[key] = self._draw(_svg(name, self.hex(colour)), px)
        return self._pixmaps[key]

    @staticmethod
    def known_icon(name: str, otherwise: str) -> str:
        """`name` when there is such an icon: a county's pack may name one we do not have."""
        return name if re.fullmatch(r"[a-z0-9-]+", name) and (_ICONS / f"{name}.svg").is_file() else otherwise

    def icon(self, name: str, colour: str = "ink2", size: int = 0) -> QIcon:
        """The same as QIcon."""
        return QIcon(self.pixmap(name, colour, size))

    @staticmethod
    def _draw(svg: bytes, px: int) -> QPixmap:
        ratio = 2      # drawn at twice the size, so that fractional screens stay sharp
        pixmap = QPixmap(QSize(px * ratio, px * ratio))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(svg)).render(painter, QRectF(0, 0, px * ratio, px * ratio))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    # -- style sheet ------------------------------------------------------------------------------------------------

    def style_sheet(self) -> str:
        """app.qss with every placeholder filled in."""

        def fill(match: re.Match[str]) -> str:
            kind, name = match.group(1), match.group(2)
            if kind is None:
                return ", ".join(f'"{family}"' for family in self._families(heavy=match.group(3) == "heavy"))
            if kind == "c":
                return self.hex(name)
            if kind == "f":
                return f"{self.text(name)}px"
            if kind == "s":
                return f"{self.space(name)}px"
            if kind == "img":
                return self._picture(name)
            inner = name.endswith("In")      # what is left inside a border of 2 px
            return f"{self.size(name.removesuffix('In')) - (4 if inner else 0)}px"

        return _PLACEHOLDER.sub(fill, (_STYLES / "app.qss").read_text(encoding="utf-8"))

    def _picture(self, name: str) -> str:
        """A coloured SVG as a file, because a style sheet takes pictures by path only."""
        colour = self.hex("onPrimary" if name == "check" else "ink2")
        path = Path(self._pictures.path()) / f"{name}-{colour[1:]}.svg"
        if not path.exists():
            path.write_bytes(_svg(name, colour))
        return path.as_posix()


def _svg(name: str, colour: str) -> bytes:
    text = (_ICONS / f"{name}.svg").read_text(encoding="utf-8")
    return text.replace("currentColor", colour).replace('stroke-width="2"', 'stroke-width="1.8"').encode()
