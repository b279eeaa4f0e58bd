"""Page scanners."""
