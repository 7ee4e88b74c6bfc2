"""Determines the route of a request: directly to its host, or through a proxy from the environment.

lmdeck reads the variables itself, because the client library sends requests for this machine, including the
key, to the proxy, does not support ranges in NO_PROXY, and stops at an invalid entry.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import field, replace
from urllib.parse import unquote, urlsplit

from tui.core.causes import explain
from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.core.url_parts import is_loopback_host, plain_address
from tui.net.addresses import IpAddress, ip_address, origin_of

_DOMAIN = lazy_pattern(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_NO_PROXY_AT_ALL = frozenset({"none", "off", "no", "false", "direct", "null", "0", "-"})
"""Common values meaning no proxy, which would be read as a host name."""


@dataclass(frozen=True, slots=True)
class Route:
    """How requests for one URL are routed, and why."""

    proxy: str | None = None
    """``scheme://host:port`` of the proxy, without user and password; ``None`` if direct."""
    variable: str | None = None
    """The environment variable with the proxy, even if it is bypassed."""
    reason: str = ""
    """Why the proxy is bypassed: ``loopback``, or the NO_PROXY entry."""
    problems: tuple[Failure, ...] = ()
    """Problems with the variables that do not affect the route."""
    failure: Failure | None = None
    """Why nothing can be sent on this route."""
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    """User and password for the proxy."""

    @property
    def is_direct(self) -> bool:
        """Whether no proxy is used."""
        return self.proxy is None

    def describe(self) -> str:
        """Return a short description, such as ``through http://proxy:3128 ($HTTPS_PROXY)``."""
        if self.proxy is not None:
            return f"through {self.proxy} (${self.variable})"
        if self.variable is not None:
            return f"direct (${self.variable} bypassed: {self.reason})"
        return "direct"


def choose_route(url: str, environment: Mapping[str, str]) -> Route:
    """Return the route for a URL, given the environment variables. Never raises."""
    try:
        scheme, host, port = origin_of(url)
    except ValueError:
        return Route()
    variable, value = _proxy_setting(scheme, environment)
    if variable is None:
        return Route()
    entry, problems = _bypass(host, port, environment)
    if is_loopback_host(host):
        return Route(variable=variable, reason="loopback", problems=problems)
    if entry is not None:
        excepted, _ = no_proxy_setting(environment)
        return Route(variable=variable, reason=f"${excepted} has {entry}", problems=problems)
    return _through(variable, value, problems)


def _proxy_setting(scheme: str, environment: Mapping[str, str]) -> tuple[str | None, str]:
    """Return the proxy variable for a scheme; lower case takes precedence, as in curl."""
    for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper(), "all_proxy", "ALL_PROXY"):
        value = environment.get(name, "").strip()
        # Web servers pass a request's "Proxy:" header on to CGI programs as HTTP_PROXY (httpoxy).
        if value and not (name == "HTTP_PROXY" and "REQUEST_METHOD" in environment):
            return name, value
    return None, ""


def no_proxy_setting(environment: Mapping[str, str]) -> tuple[str, str]:
    """Return the variable with exceptions, and its value; lower case takes precedence, as in curl."""
    for name in ("no_proxy", "NO_PROXY"):
        if environment.get(name):
            return name, environment[name]
    return "NO_PROXY", ""


def _through(variable: str, value: str, problems: tuple[Failure, ...]) -> Route:
    malformed = Route(
        variable=variable, problems=problems, failure=explain("proxy-malformed", variable=variable)
    )
    if value.lower() in _NO_PROXY_AT_ALL:
        return malformed
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        scheme, host, port = origin_of(parts.geturl())
    except ValueError:
        return malformed
    if scheme.startswith("socks"):
        return replace(malformed, failure=explain("proxy-socks-unsupported", variable=variable))
    if scheme not in ("http", "https"):
        return malformed
    shown = f"[{host}]" if ":" in host else host
    credentials = None
    if parts.username is not None:
        credentials = (unquote(parts.username), unquote(parts.password or ""))
    return Route(f"{scheme}://{shown}:{port}", variable, problems=problems, credentials=credentials)


def _bypass(host: str, port: int, environment: Mapping[str, str]) -> tuple[str | None, tuple[Failure, ...]]:
    """Return the NO_PROXY entry that matches the host, and a failure for each entry without effect."""
    variable, text = no_proxy_setting(environment)
    problems: list[Failure] = []
    found: str | None = None
    for entry in no_proxy_entries(text):
        try:
            is_covered = _covers(entry, host, port)
        except ValueError:
            shown = _visible(entry)
            problems.append(explain("no-proxy-malformed", entry=shown, variable=variable, is_void="yes"))
            continue
        if is_covered and found is None:
            found = entry
    return found, tuple(problems)


def no_proxy_entries(text: str) -> list[str]:
    """Return the entries of NO_PROXY, separated by commas and spaces.

    Most programs do not split at tabs, line breaks and semicolons: an entry that contains them matches no
    host.
    """
    return [entry for entry in text.replace(" ", ",").split(",") if entry]


def _covers(entry: str, host: str, port: int) -> bool:
    """Return whether an entry matches a host.

    An entry is ``*``, a name, which includes its subdomains, an address or a range, with or without a port.

    Raises:
        ValueError: the entry is invalid.
    """
    if entry == "*":
        return True
    if "/" in entry:
        network = ipaddress.ip_network(entry.replace("[", "").replace("]", ""), strict=False)
        return any(address in network for address in _addresses(host) if address.version == network.version)
    name, entry_port = _split_port(entry)
    wanted, domain = ip_address(name), ""
    if wanted is None:
        domain = _plain_name(name.removeprefix("*").removeprefix("."))
        if not _DOMAIN.fullmatch(domain) or domain.replace(".", "").isdigit():
            raise ValueError(entry)
    if entry_port is not None and entry_port != port:
        return False
    if wanted is not None:
        return bool(_addresses(name) & _addresses(host))
    try:
        plain = _plain_name(host)
    except ValueError:
        return False  # the host is invalid, not the entry
    return plain == domain or plain.endswith("." + domain)


def _addresses(host: str) -> set[IpAddress]:
    """Return the address, and the IPv4 address embedded in it, if there is one."""
    return {address for address in (ip_address(host), plain_address(host)) if address is not None}


def _plain_name(name: str) -> str:
    """Return a host name in the form for look-ups: lower case, non-ASCII letters encoded.

    Raises:
        ValueError: it is invalid.
    """
    bare = name.rstrip(".").lower()
    return bare if bare.isascii() else bare.encode("idna").decode("ascii")


def _visible(entry: str) -> str:
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in entry
    )


def _split_port(entry: str) -> tuple[str, int | None]:
    if ip_address(entry) is not None and not entry.startswith("["):
        return entry, None
    if entry.startswith("["):
        name, bracket, rest = entry.partition("]")
        if not bracket or ip_address(name) is None or (rest and not rest.startswith(":")):
            raise ValueError(entry)
        return name[1:], int(rest[1:]) if rest else None
    name, colon, digits = entry.partition(":")
    return name, int(digits) if colon else None
