"""Rating keypads (好差评), one file per protocol or maker."""
