"""Devices: bytes and readings. Knows no case, form, SQL or Qt."""
