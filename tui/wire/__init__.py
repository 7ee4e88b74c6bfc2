"""Bytes to events and back: every server's dialect, without sockets."""
