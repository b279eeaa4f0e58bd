"""The command line, as the scripts of others call it."""
