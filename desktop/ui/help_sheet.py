"""F1: which key does what, the clerk's handbook, how theme packs are written, what a fault's code means, and which version this is."""

from importlib import resources

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlockFormat, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QTabBar, QTextBrowser, QVBoxLayout, QWidget

from desktop.ui.look import Look
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.key_cap import KeyCap
from desktop.ui.widgets.layer import Layer
from desktop.ui.widgets.text import Text
from desktop.version import VERSION

KEYS = (
    ("F5  F6  F7", "开始前三件“一件事”"), ("F3", "查办件"), ("F2", "读身份证"), ("F4", "拍摄"), ("Shift F4", "扫描"), ("Enter", "到下一项"),
    ("Shift Enter", "回上一项"), ("Ctrl Enter", "下一步"), ("F8", "上一步，或回首页"), ("F9", "请申请人核对"), ("F10", "打印回执"),
    ("Ctrl P", "打印全部文书"), ("Ctrl Z", "撤销上一次填写"), ("Ctrl L", "锁屏"), ("F11", "换字号"), ("Ctrl Shift D", "换配色"),
    ("F12", "主题包（主管和管理员）"),
    ("Ctrl Tab", "主题包里换一页"), ("Esc", "关闭弹层或提示"), ("F1", "打开这一页"),
)
BOOKS = (("窗口手册", "handbook.md"), ("主题包怎么写", "theme-packs.md"), ("添加设备", "add-a-device.md"), ("故障代码", "fault-codes.md"))


class HelpSheet(Layer):
    """Esc or the button closes it."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent, look, width=1040)
        self._look = look
        self.tabs = QTabBar()
        self.tabs.setObjectName("help-tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("帮助的各页")
        self._stack = QStackedWidget()
        self._books: dict[int, QTextBrowser] = {}
        self.tabs.addTab("快捷键")
        self._stack.addWidget(self._keys())
        for name, _ in BOOKS:
            self.tabs.addTab(name)
            self._stack.addWidget(self._book(name))
        self.tabs.currentChanged.connect(self._turn)
        look.changed.connect(self._forget)
        self.body.addWidget(self.tabs)
        self.body.addWidget(self._stack, 1)
        close = Button(look, "知道了", "primary")
        close.clicked.connect(self.close_layer)
        self.body.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)

    def _keys(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        self._look.lay(column, gap="lg")
        column.addWidget(Text("全程可以不碰鼠标。Tab 走到下一处，Enter 确认。", "muted", wrap=True))
        grid = QGridLayout()
        self._look.lay(grid, gap="md")
        half = (len(KEYS) + 1) // 2
        for index, (keys, words) in enumerate(KEYS):
            caps = QHBoxLayout()
            self._look.lay(caps, gap="xs")
            for key in keys.split():
                caps.addWidget(KeyCap(key))
            caps.addStretch(1)
            grid.addLayout(caps, index % half, index // half * 2)
            grid.addWidget(Text(words), index % half, index // half * 2 + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        column.addLayout(grid)
        column.addStretch(1)
        column.addWidget(Text(f"一次办窗口终端 {VERSION}", "caption"))
        return page

    def _book(self, name: str) -> QTextBrowser:
        book = QTextBrowser()
        book.setObjectName(f"book-{self._stack.count()}")
        book.setAccessibleName(name)
        book.setOpenLinks(False)
        book.setTabChangesFocus(True)
        self._books[self._stack.count()] = book
        return book

    def _turn(self, index: int) -> None:
        """A book is read when it is first opened."""
        self._stack.setCurrentIndex(index)
        book = self._books.get(index)
        if book is not None and book.document().isEmpty():
            text = (resources.files("resources") / "help" / BOOKS[index - 1][1]).read_text(encoding="utf-8")
            book.setMarkdown("\n".join(line for line in text.splitlines() if not line.startswith("<!--")))
            self._dress(book.document())

    def _dress(self, document: QTextDocument) -> None:
        """Air between paragraphs, more above headings; examples on a sunken ground. Markdown itself gives none."""
        look = self._look
        block = document.begin()
        while block.isValid():
            shape = QTextBlockFormat()
            if block.blockFormat().hasProperty(int(QTextFormat.Property.BlockCodeFence.value)):
                shape.setBackground(look.color("sunken"))
                shape.setLeftMargin(look.space("lg"))
                shape.setBottomMargin(0 if block.next().blockFormat().hasProperty(int(QTextFormat.Property.BlockCodeFence.value))
                                      else look.space("md"))
            else:
                shape.setTopMargin(look.space("lg") if block.blockFormat().headingLevel() else 0)
                shape.setBottomMargin(look.space("sm"))
            if not QTextCursor(block).currentTable():
                QTextCursor(block).mergeBlockFormat(shape)
            block = block.next()

    def _forget(self) -> None:
        """Other sizes and colours: what is on the page is laid out again, the rest when it is opened."""
        for book in self._books.values():
            book.clear()
        self._turn(self.tabs.currentIndex())

    def open(self) -> None:
        """Come up with the page last read, as high as the window has room for."""
        host = self.parentWidget()
        room = (host.height() if host is not None else 0) - 4 * self._look.space("xxl") - 3 * self._look.size("button")
        for book in self._books.values():
            book.setMinimumHeight(max(0, min(room, 34 * self._look.text("body"))))
        super().open()
