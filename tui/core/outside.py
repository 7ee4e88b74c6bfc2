"""The standard library's parsers for untrusted text, which return ``None`` instead of raising.

Text from a server, another program's file or the system is parsed only through these functions: a
``ValueError`` from a parser is no message for a user. ``tests/test_outside_parsers.py`` finds other uses.
They also limit the length, so that a parser never gets more than reasonable input needs.
"""

from __future__ import annotations

import ipaddress
import math
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from urllib.parse import SplitResult, urljoin, urlsplit

LONGEST_URL = 8_192
"""The maximum length of a URL in characters: the limit of common gateways and browsers."""
_LONGEST_NUMBER = 32
_LONGEST_DATE = 64

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def split_url(text: str) -> SplitResult | None:
    """Split a URL; accessing the host and port of the result does not raise."""
    if len(text) > LONGEST_URL:
        return None
    try:
        parts = urlsplit(text)
        _ = parts.hostname, parts.port
    except ValueError:
        return None
    behind = parts.netloc.rpartition("]")[2]  # after a bracketed host; older Pythons do not check it
    return parts if "]" not in parts.netloc or behind[:1] in ("", ":") else None


def web_address(base: str, reference: str) -> str | None:
    """Resolve an http or https URL against a base (RFC 3986, section 5.2).

    ``None`` for anything else: another scheme, no host, an invalid host or port, a space or an invisible
    character.
    """
    text = reference.strip(" \t")
    if not text or len(text) > LONGEST_URL or " " in text or not text.isprintable():
        return None
    own = split_url(text)
    if own is None or (own.scheme and not own.netloc):
        return None
    try:
        target = urljoin(base, text)
    except ValueError:
        return None
    parts = split_url(target)
    if parts is None or parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return None
    return target if parts.port != 0 and _can_be_host(parts.hostname) else None


def _can_be_host(name: str) -> bool:
    """Return whether a host name is syntactically valid."""
    if ":" in name:
        return ip_address(name) is not None
    try:
        plain = name.encode("idna")
        plain.decode("idna")
    except UnicodeError:
        return False
    return len(plain) <= 253


def ip_address(host: str) -> IpAddress | None:
    """Return the IP address, in brackets or not, or ``None`` for a name."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def read_whole(text: str, *, base: int = 10, largest: int = 2**63) -> int | None:
    """Parse a non-negative integer in ASCII digits, without sign, spaces or underscores."""
    if not text or len(text) > _LONGEST_NUMBER or not text.isascii() or not text.isalnum():
        return None
    try:
        number = int(text, base)
    except ValueError:
        return None
    return number if number <= largest else None


def read_decimal(text: str) -> float | None:
    """Parse a finite number in ASCII; ``None`` for ``nan``, ``inf`` and anything else."""
    bare = text.strip()
    if not bare or len(bare) > _LONGEST_NUMBER or not bare.isascii() or "_" in bare:
        return None
    try:
        number = float(bare)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def read_http_date(text: str) -> datetime | None:
    """Parse an HTTP date (RFC 9110, section 5.6.7), by default in UTC."""
    if not text or len(text) > _LONGEST_DATE:
        return None
    from email.utils import parsedate_to_datetime  # loads sockets and more; rarely needed

    try:
        moment = parsedate_to_datetime(text)
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def read_local_moment(text: str, zone: tzinfo | None = None) -> datetime | None:
    """Parse an ISO 8601 timestamp in a time zone, by default the local one."""
    if not text or len(text) > _LONGEST_DATE:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(zone)
    except (ValueError, OverflowError, OSError):  # the last two for years out of the zone's range
        return None


def read_amount(value: object) -> Decimal | None:
    """Parse a non-negative amount of money, preserving its digits; return ``None`` for anything else.

    JSON numbers arrive as floats, whose shortest representation is what the server wrote.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 40:
        return None
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return abs(amount) if amount.is_finite() and 0 <= amount < 2**53 and amount.adjusted() > -30 else None
