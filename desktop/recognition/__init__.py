"""Picture -> page -> candidates. Knows papers, not cases."""
