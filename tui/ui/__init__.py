"""Screens and widgets; the only importer of Textual. No I/O and no rules."""
