"""Rules: no clock, disk, Qt, SQL or HTTP; only values in, values out."""
