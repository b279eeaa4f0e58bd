"""F1: which key does what, drawn as key caps."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from desktop.ui.look import Look
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.key_cap import KeyCap
from desktop.ui.widgets.layer import Layer
from desktop.ui.widgets.text import Text

KEYS = (
    ("F5  F6  F7", "开始三件“一件事”"), ("F3", "查办件"), ("F2", "读身份证"), ("F4", "拍摄"), ("Enter", "到下一项"),
    ("Shift Enter", "回上一项"), ("Ctrl Enter", "下一步"), ("F8", "上一步，或回首页"), ("F9", "请申请人核对"), ("F10", "打印回执"),
    ("Ctrl Z", "撤销上一次填写"), ("Ctrl L", "锁屏"), ("F11", "换字号"), ("Ctrl Shift D", "换配色"), ("Esc", "关闭弹层或提示"),
    ("F1", "打开这一页"),
)


class HelpSheet(Layer):
    """Esc or the button closes it."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent, look, width=820)
        self.body.addWidget(Text("快捷键", "h2"))
        self.body.addWidget(Text("全程可以不碰鼠标。Tab 走到下一处，Enter 确认。", "muted", wrap=True))
        grid = QGridLayout()
        look.lay(grid, gap="md")
        half = (len(KEYS) + 1) // 2
        for index, (keys, words) in enumerate(KEYS):
            caps = QHBoxLayout()
            look.lay(caps, gap="xs")
            for key in keys.split():
                caps.addWidget(KeyCap(key))
            caps.addStretch(1)
            grid.addLayout(caps, index % half, index // half * 2)
            grid.addWidget(Text(words), index % half, index // half * 2 + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.body.addLayout(grid)
        close = Button(look, "知道了", "primary")
        close.clicked.connect(self.close_layer)
        self.body.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
