"""The one road to the province: outbox out, progress in."""
