"""What a check of this PC found: the station looks, screens and commands show it."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["ok", "note", "warning", "fault"]
"""note: worth knowing; warning: works, but not for long or not well; fault: somebody must see to it."""


@dataclass(frozen=True)
class Checked:
    """One check, in words."""

    id: str
    """Stable: scripts read it."""
    severity: Severity
    sentence: str
    remedy: str
    saw: str
    """Free of personal data."""
    code: str = ""
    """Of wording.toml; empty when all is well."""

    @property
    def ok(self) -> bool:
        """Whether nobody need do anything."""
        return self.severity in {"ok", "note"}
