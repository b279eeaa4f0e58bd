"""The stand-in province: shares no code with the terminal, obeys resources/platform/ only."""
