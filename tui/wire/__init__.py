"""Bytes to events and back: every server's dialect, and no sockets."""
