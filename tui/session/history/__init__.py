"""Saved conversations in the formats of other programs, and back: pure code."""
