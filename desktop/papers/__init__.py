"""A case's values -> PDF, receipt slip, day-end sheets. No Qt, no SQL."""
