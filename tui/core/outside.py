"""The standard library's parsers for text from outside: they return ``None`` instead of raising.

Text from a server, another program's file or the system is parsed through these, never directly: a
``ValueError`` of a parser is no answer to a user. ``tests/test_outside_parsers.py`` finds other uses. Limits
on length are here, too: a parser never gets more than an honest text needs.
"""

from __future__ import annotations

import ipaddress
import math
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from urllib.parse import SplitResult, urljoin, urlsplit

LONGEST_URL = 8_192
"""Characters of an address that is looked at: what gateways and browsers take."""
_LONGEST_NUMBER = 32
_LONGEST_DATE = 64

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def split_url(text: str) -> SplitResult | None:
    """Return the parts of an address; its host and port can be asked for without fear."""
    if len(text) > LONGEST_URL:
        return None
    try:
        parts = urlsplit(text)
        _ = parts.hostname, parts.port
    except ValueError:
        return None
    behind = parts.netloc.rpartition("]")[2]  # of a host in brackets: older versions of Python take any
    return parts if "]" not in parts.netloc or behind[:1] in ("", ":") else None


def web_address(base: str, reference: str) -> str | None:
    """Return the http or https address that a reference means below another one (RFC 3986, section 5.2).

    ``None`` where it means none: another scheme, no host, a name or port that cannot be one, a space or
    a character that is not to be seen.
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
    """Whether a name can be looked up, in so far as that shows without asking."""
    if ":" in name:
        return ip_address(name) is not None
    try:
        plain = name.encode("idna")
        plain.decode("idna")
    except UnicodeError:
        return False
    return len(plain) <= 253


def ip_address(host: str) -> IpAddress | None:
    """Return the address that a host is written as, in brackets or not, or ``None`` for a name."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def read_whole(text: str, *, base: int = 10, largest: int = 2**63) -> int | None:
    """Return a whole number of 0 or more in ASCII digits, without sign, spaces or underscores."""
    if not text or len(text) > _LONGEST_NUMBER or not text.isascii() or not text.isalnum():
        return None
    try:
        number = int(text, base)
    except ValueError:
        return None
    return number if number <= largest else None


def read_decimal(text: str) -> float | None:
    """Return a finite number in ASCII; ``None`` for ``nan``, ``inf`` and what is none."""
    bare = text.strip()
    if not bare or len(bare) > _LONGEST_NUMBER or not bare.isascii() or "_" in bare:
        return None
    try:
        number = float(bare)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def read_http_date(text: str) -> datetime | None:
    """Return the moment of an HTTP date (RFC 9110, section 5.6.7); one without a zone is in UTC."""
    if not text or len(text) > _LONGEST_DATE:
        return None
    from email.utils import parsedate_to_datetime  # loads sockets and more: rarely needed

    try:
        moment = parsedate_to_datetime(text)
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def read_local_moment(text: str, zone: tzinfo | None = None) -> datetime | None:
    """Return the moment of an ISO 8601 text in a time zone: this machine's, where it is ``None``."""
    if not text or len(text) > _LONGEST_DATE:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(zone)
    except (ValueError, OverflowError, OSError):  # the last two: years that the zone cannot shift
        return None


def read_amount(value: object) -> Decimal | None:
    """Return an amount of money of 0 or more with the digits it was written with, ``None`` for anything
    else. JSON numbers arrive as floats: their shortest spelling is what the server wrote."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 40:
        return None
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return abs(amount) if amount.is_finite() and 0 <= amount < 2**53 and amount.adjusted() > -30 else None
