"""Which version this is: the one place it stands. The installed program has no package metadata to ask."""

VERSION = "0.1.0"
