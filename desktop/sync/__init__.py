"""The one road to the province. The outbox table is where it meets the flows."""
