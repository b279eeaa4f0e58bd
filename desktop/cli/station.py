"""`oncedesk station …`: this PC itself."""

from desktop.cli import recovery
from desktop.cli.commands import group

add = group("station", "本机", *recovery.COMMANDS)
