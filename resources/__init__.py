"""Data only: theme packs, wording, codes, calendars, platform contract, styles, fonts, icons, help."""
