"""The screens: one module each, its style sheet beside it. No I/O and no rules here."""
