"""Signature pads apart from the window's own screen, one file per protocol or maker."""
