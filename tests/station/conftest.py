"""The command line beside the station: what it may say of a home."""

from tests.cli.conftest import oncedesk

__all__ = ["oncedesk"]
