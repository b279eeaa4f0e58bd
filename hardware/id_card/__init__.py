"""ID-card readers, one file per protocol or maker."""
