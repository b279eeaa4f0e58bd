"""The stand-in province: it obeys resources/platform and nothing else, and shares no code with the terminal.

It lives under tests because a shipped program that says "accepted" could give receipts for cases nobody filed.
"""
