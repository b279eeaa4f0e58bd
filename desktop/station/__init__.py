"""This PC: who it is, whose store it holds, what time it is, and whether it may start."""
