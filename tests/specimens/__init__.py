"""Specimen papers and camera views for tests and the demo: own drawings, invented people, fixed seeds."""
