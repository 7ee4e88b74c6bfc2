"""The parts of a URL as text: valid hosts, names of this machine, invisible characters."""

from __future__ import annotations

import unicodedata
from ipaddress import IPv4Address, IPv6Address

from tui.core.invisible import is_ignorable
from tui.core.lazy_pattern import lazy_pattern
from tui.core.outside import IpAddress
from tui.core.outside import ip_address as outside_address
from tui.texts import fields as texts

_HOST = lazy_pattern(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?")
_PART = lazy_pattern(r"0x[0-9a-f]{0,8}|0[0-7]{0,11}|[1-9][0-9]{0,9}")
OTHER_SCHEMES = frozenset(
    ("about", "blob", "builtin", "data", "file", "git", "http+unix", "https+unix", "javascript", "mailto",
     "npipe", "ssh", "unix")
)  # fmt: skip
"""Schemes that cannot be repaired, since they do not name an HTTP server."""
_BLANK = "\u2800"
"""Drawn as nothing, although Unicode classifies it as a symbol."""


def chat_url_of(base_url: str) -> str:
    """Return the URL of the chat route below a normalised base URL."""
    return base_url.rstrip("/") + "/chat/completions"


def embeddings_url_of(base_url: str) -> str:
    """Return the URL of the embeddings route below a normalised base URL."""
    return base_url.rstrip("/") + "/embeddings"


def request_url_of(base_url: str, *, is_embedding: bool) -> str:
    """Return the URL to which a provider's requests are sent."""
    return embeddings_url_of(base_url) if is_embedding else chat_url_of(base_url)


def models_url_of(base_url: str) -> str:
    """Return the URL of the model list below a normalised base URL."""
    return base_url.rstrip("/") + "/models"


def is_loopback_host(host: str) -> bool:
    """Return whether a host is this machine, without a look-up: the only such rule in the program.

    An address is evaluated however it is written (``127.1``, ``0x7f.1``, ``::ffff:127.0.0.1``). The listen
    addresses ``0.0.0.0`` and ``::`` count: where they connect at all, they connect here. Of names, only
    ``localhost`` and its subdomains are reserved for this machine (RFC 6761, section 6.3).
    """
    address = plain_address(host)
    if address is not None:
        return address.is_loopback or address.is_unspecified
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


def plain_address(host: str) -> IpAddress | None:
    """Return the address that the system takes a host for; ``None`` for a name.

    Accepts the forms of ``inet_aton`` (one to four parts, decimal, octal or hexadecimal); an IPv4 address
    embedded in an IPv6 address is returned as the former.
    """
    name = host.strip("[]").rstrip(".")
    address = outside_address(name) or _of_parts(name.lower())
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _of_parts(name: str) -> IPv4Address | None:
    parts = [_part(text) for text in name.split(".")]
    numbers = [number for number in parts if number is not None]
    if len(numbers) != len(parts) or len(parts) > 4 or any(number > 255 for number in numbers[:-1]):
        return None
    rest = 8 * (5 - len(parts))
    if numbers[-1] >= 1 << rest:
        return None
    start = sum(number << (24 - 8 * place) for place, number in enumerate(numbers[:-1]))
    return IPv4Address(start + numbers[-1])


def _part(text: str) -> int | None:
    if not _PART.fullmatch(text):
        return None
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if text.startswith("0") else 10)


def is_scheme(word: str, colon: str, slashes: str, rest: str) -> bool:
    """Return whether a word is a scheme, possibly misspelled, rather than a host name with a port or path."""
    if word in OTHER_SCHEMES:
        return bool(colon and slashes)
    if word in ("http", "https"):
        return bool(colon or len(slashes) > 1) and (bool(slashes) or not rest[:1].isdigit())
    return bool(colon) and len(slashes) > 1


def guess_scheme(text: str) -> str:
    """Return https for a likely public name without a port, otherwise http."""
    host, _, port = text.partition("/")[0].rpartition("@")[2].partition(":")
    if port:
        return "https" if port == "443" else "http"
    is_public = "." in host and not host.endswith((".local", ".lan", ".internal", ".localdomain"))
    return "https" if is_public and not host.replace(".", "").isdigit() else "http"


def is_hidden(character: str) -> bool:
    """Return whether a character cannot be meant to be in a URL: a space or an invisible character."""
    if "!" <= character <= "~":  # the fast path, for nearly all characters
        return False
    is_seen = character.isprintable() and not character.isspace() and character != _BLANK
    return not is_seen or is_ignorable(ord(character))


def character_name(character: str) -> str:
    """Return a name for an invisible character that helps a user to find it."""
    plain = {" ": texts.SPACE, "\n": texts.LINE_BREAK, "\r": texts.LINE_BREAK, "\t": texts.TAB}
    if character in plain:
        return plain[character]
    return f"U+{ord(character):04X} {unicodedata.name(character, '').lower()}".strip()


def is_name_of_built_in(text: str) -> bool:
    """Return whether a text is a built-in endpoint, such as ``builtin:demo``, whose name is not a host."""
    word, _, name = text.strip().partition(":")
    return word.lower() == "builtin" and not name[:1].isdigit() and not name.startswith("/")


def is_ipv6(text: str) -> bool:
    """Return whether a text is an IPv6 address, without brackets and zone."""
    try:
        return IPv6Address(text).scope_id is None
    except ValueError:
        return False


def host_problem(host: str) -> str | None:
    """Return why a lower-case text cannot be a host name or IPv4 address; ``None`` if it can."""
    if not host:
        return texts.URL_NO_HOST
    if host.rstrip(".").replace(".", "").isdigit():
        try:
            IPv4Address(host)
        except ValueError:
            return texts.URL_NOT_IP.format(host=host)
        return None
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return texts.URL_ODD_HOST.format(host=host)
    if len(name) > 253 or any(len(label) > 63 for label in name.split(".")) or not _HOST.fullmatch(name):
        return texts.URL_ODD_HOST.format(host=host)
    return None


def without_dots(path: str) -> str:
    """Resolve ``.`` and ``..`` like an HTTP client, so that the URL shown is the one requested."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept)
