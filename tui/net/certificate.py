"""Reads the fields of a certificate (DER) that a user needs: subject, issuer, validity.

The standard library shows them only for verified certificates, for which they are not needed. Nothing is
verified here.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime

from tui.core.lazy_dataclass import dataclass

_COMMON_NAME = bytes.fromhex("550403")
_ORGANISATION = bytes.fromhex("55040a")
_ALTERNATIVE_NAMES = bytes.fromhex("551d11")
_UTC_TIME, _SEQUENCE = 0x17, 0x30
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """The fields of a certificate as unsanitised text from the server."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    """The host names and addresses that it is valid for."""
    begins: datetime
    ends: datetime
    sha256: str

    def is_for(self, host: str) -> bool:
        """Return whether it is valid for a host; ``*`` matches the first label (RFC 6125)."""
        host = host.strip("[]").rstrip(".").lower()
        _, _, parent = host.partition(".")
        names = {_plain(name) for name in self.names}
        return _plain(host) in names or (bool(parent) and f"*.{parent}" in names)


def _plain(name: str) -> str:
    """Return a name in lower case, or an address in canonical form."""
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return name.rstrip(".").lower()


def read_certificate(der: bytes) -> CertificateFacts:
    """Parse a certificate (RFC 5280, section 4.1).

    Raises:
        ValueError: the bytes are not a certificate.
    """
    try:
        return _read(der)
    except (IndexError, StopIteration, RuntimeError, UnicodeError, OverflowError) as error:
        # a StopIteration inside a generator becomes a RuntimeError
        raise ValueError("not a certificate") from error


def _read(der: bytes) -> CertificateFacts:
    outer = next(_items(der))[1]
    fields = [item for item in _items(next(_items(outer))[1]) if item[0] != 0xA0]
    _serial, _algorithm, issuer, validity, subject = fields[:5]
    begins, ends = (_moment(kind, value) for kind, value in _items(validity[1]))
    name = _name(subject[1])
    names = tuple(_alternative_names(fields[6:])) or (name,)
    return CertificateFacts(name, _name(issuer[1]), names, begins, ends, hashlib.sha256(der).hexdigest())


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each element."""
    position = 0
    while position < len(data):
        tag, length = data[position], data[position + 1]
        position += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[position : position + size])
            position += size
        if position + length > len(data):
            raise ValueError("not a certificate: it is cut")
        yield tag, data[position : position + length]
        position += length


def _name(data: bytes) -> str:
    """Return the common name of a distinguished name, or its organisation."""
    found: dict[bytes, str] = {}
    for _, relative in _items(data):
        for _, pair in _items(relative):
            (_, kind), (_, value) = list(_items(pair))[:2]
            found.setdefault(kind, value.decode("utf-8", "replace"))
    return found.get(_COMMON_NAME) or found.get(_ORGANISATION) or "?"


def _moment(kind: int, value: bytes) -> datetime:
    text = value.decode("ascii")
    if kind == _UTC_TIME:  # two-digit years: 50 to 99 are in the 20th century
        text = ("19" if text[0] >= "5" else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _alternative_names(rest: list[tuple[int, bytes]]) -> Iterator[str]:
    for tag, extensions in rest:
        if tag != 0xA3:
            continue
        for _, extension in _items(next(_items(extensions))[1]):
            parts = list(_items(extension))
            if parts[0][1] == _ALTERNATIVE_NAMES:
                yield from _general_names(next(_items(parts[-1][1]))[1])


def _general_names(data: bytes) -> Iterator[str]:
    for tag, value in _items(data):
        if tag == _DNS_NAME:
            yield value.decode("ascii", "replace")
        elif tag == _IP_ADDRESS and len(value) in (4, 16):
            yield str(ipaddress.ip_address(value))
