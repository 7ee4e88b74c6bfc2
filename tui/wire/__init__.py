"""Bytes to core events and back: SSE, request bodies, replies, errors, model lists. No sockets."""
