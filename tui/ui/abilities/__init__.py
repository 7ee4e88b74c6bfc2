"""The screen of what the providers can do."""
