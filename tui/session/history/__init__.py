"""Saved conversations as texts of other programs, and back: pure code."""
