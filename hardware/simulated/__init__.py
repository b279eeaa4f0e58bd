"""Counterparts that speak the wire protocol; given out in demo mode and to tests only."""
