"""Which version of the program this is."""

from importlib import metadata

SOURCE = "source"


def program_version() -> str:
    """As it was installed; SOURCE for a checkout that never was."""
    try:
        return metadata.version("oncedesk")
    except metadata.PackageNotFoundError:
        return SOURCE
