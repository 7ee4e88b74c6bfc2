"""Argument parsing and output: each command returns a result, one renderer prints it."""
