"""The chat: its screen, prompt, status bar and windows."""
