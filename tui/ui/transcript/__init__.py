"""The transcript: turns drawn line by line, at a cost per token that never grows."""
