"""Argument parsing and output: each command returns a result, which one renderer prints."""
