"""The only importer of Textual: screens and widgets. No I/O and no rules."""
