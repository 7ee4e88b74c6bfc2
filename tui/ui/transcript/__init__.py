"""The transcript: turns drawn line by line, at a constant cost per token."""
