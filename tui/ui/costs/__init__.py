"""The screen of costs."""
