"""The window terminal: all that knows what a case is."""
