"""Converts between bytes and events for every server's dialect, without sockets."""
