"""The screen of the providers' abilities."""
