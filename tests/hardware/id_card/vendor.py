"""Makers' libraries compiled from vendor_library.c, and the desk they see: which card lies there, whether the cable is in."""

import shutil
import subprocess
import sysconfig
from pathlib import Path

from hardware.id_card import layouts
from hardware.readings import IdCard

SOURCE = Path(__file__).with_name("vendor_library.c")
PHOTO = b"SPECIMEN".ljust(1024, b"\0")


def build(kind: str, folder: Path) -> Path:
    """The library with the exports of `kind` (SDT, ROUTON, TERMB, UNPACK, GETBMP; several with a space between)."""
    compiler = shutil.which(sysconfig.get_config_var("CC").split()[0]) or shutil.which("cc") or "gcc"
    out = folder / "vendor.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-w", *(f"-D{part}" for part in kind.split()), "-o", str(out), str(SOURCE)], check=True)
    return out


class Desk:
    """What the library finds; `folder` must be STANDIN_FOLDER when the driver starts its helper."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def lay(self, card: IdCard) -> None:
        record = layouts.encode_newest_address(card.newest_address) if card.newest_address else b""
        self._put("words", "\n".join(words_of(card)).encode("gb18030"))
        self._put("card", layouts.encode(card) + PHOTO + record)

    def lift(self) -> None:
        (self.folder / "card").unlink(missing_ok=True)

    def unplug(self) -> None:
        self.set("unplugged")

    def set(self, name: str, on: bool = True) -> None:
        if on:
            (self.folder / name).touch()
        else:
            (self.folder / name).unlink(missing_ok=True)

    def _put(self, name: str, data: bytes) -> None:
        # In one step: the library must never see half a card.
        (self.folder / f"{name}.new").write_bytes(data)
        (self.folder / f"{name}.new").replace(self.folder / name)


def words_of(card: IdCard) -> list[str]:
    flag = {"hmt_permit": "J", "foreigner_2017": "I", "foreigner_2023": "Y"}.get(card.type, " ")
    foreigner = flag in {"I", "Y"}
    return [
        card.english_name or "" if foreigner else card.name, {"1": "男", "2": "女"}[card.sex], card.nation or "",
        f"{card.birth_date:%Y%m%d}", card.number, card.address or "", card.authority or "", f"{card.valid_from:%Y.%m.%d}",
        "长期" if card.long_term else f"{card.valid_to:%Y.%m.%d}", flag, card.name if foreigner else "", card.country or "",
        card.pass_number or "",
    ]  # fmt: skip
