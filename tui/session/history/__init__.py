"""Converts saved conversations to and from the formats of other programs, without I/O."""
