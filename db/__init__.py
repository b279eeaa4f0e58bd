"""The case store: the only room with SQL."""
