"""Recognises the protocol of a port by its first bytes."""

from __future__ import annotations

import re

from tui.core.lazy_pattern import lazy_pattern

_HTTP2_SERVER_FRAMES = (4, 7)  # SETTINGS or GOAWAY, a server's first frame (RFC 9113, section 3.4)

_BANNERS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (lazy_pattern(rb"SSH-\d"), "SSH"),
    (lazy_pattern(rb"220[ -].*(SMTP|mail)", re.IGNORECASE | re.DOTALL), "SMTP (mail)"),
    (lazy_pattern(rb"220[ -]"), "FTP"),
    (lazy_pattern(rb"\+OK"), "POP3 (mail)"),
    (lazy_pattern(rb"\* OK"), "IMAP (mail)"),
    (lazy_pattern(rb"-(ERR|DENIED)|\+PONG"), "Redis"),
    (lazy_pattern(rb".{3}\x00\x0a\d+\.\d+\.", re.DOTALL), "MySQL"),
    (lazy_pattern(rb"RFB \d"), "VNC"),
    (lazy_pattern(rb"AMQP"), "AMQP"),
)


def sniff(data: bytes) -> str | None:
    """Return ``http``, ``http2``, ``tls``, another protocol's name, or ``None`` if unknown."""
    if not data:
        return None
    if b"HTTP/1".startswith(data[:6]) or data.startswith(b"HTTP/1"):
        return "http"
    if len(data) >= 9 and data[0] == 0 and data[3] in _HTTP2_SERVER_FRAMES and data[5:9] == b"\0\0\0\0":
        return "http2"
    if len(data) >= 3 and data[0] in (0x15, 0x16) and data[1] == 3:
        return "tls"
    for pattern, name in _BANNERS:
        if pattern.match(data):
            return name
    return None


def may_be_http(data: bytes) -> bool:
    """Return whether these first bytes, however few, can begin an HTTP/1 response."""
    return b"HTTP/".startswith(data[:5])


def asks_for_certificate(handshake: bytes) -> bool:
    """Return whether a TLS 1.2 server requested a client certificate; in TLS 1.3 this is not visible.

    Records of type 22 contain messages with a type and a length; 13 is CertificateRequest (RFC 5246, 7.4.4).
    """
    messages = b""
    position = 0
    while position + 5 <= len(handshake) and handshake[position] == 0x16:
        length = int.from_bytes(handshake[position + 3 : position + 5])
        messages += handshake[position + 5 : position + 5 + length]
        position += 5 + length
    position = 0
    while position + 4 <= len(messages):
        if messages[position] == 13:
            return True
        position += 4 + int.from_bytes(messages[position + 1 : position + 4])
    return False
