"""Which way a request goes: straight to its host, or through a proxy that the environment names.

Our own reading of the variables, because the client library's hands requests for this very
machine, key included, to the proxy, does not understand ranges in NO_PROXY and stops at an
entry that it cannot read.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from tui.core.causes import explain
from tui.core.failure import Failure
from tui.net.addresses import ip_address, is_loopback, origin_of


@dataclass(frozen=True, slots=True)
class Route:
    """How requests for one URL travel, and why."""

    proxy: str | None = None
    """``scheme://host:port`` of the proxy, without user and password; ``None``: direct."""
    variable: str | None = None
    """The environment variable that names the proxy, also where it is bypassed."""
    reason: str = ""
    """Why the proxy is bypassed: ``loopback``, or the entry of NO_PROXY."""
    problems: tuple[Failure, ...] = ()
    """What is wrong with the variables; the route holds nevertheless."""
    failure: Failure | None = None
    """Why nothing can be sent this way."""
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    """User and password for the proxy."""

    @property
    def is_direct(self) -> bool:
        """Whether no proxy is used."""
        return self.proxy is None

    def describe(self) -> str:
        """Return the route in a few words, such as ``through http://proxy:3128 ($HTTPS_PROXY)``."""
        if self.proxy is not None:
            return f"through {self.proxy} (${self.variable})"
        if self.variable is not None:
            return f"direct (${self.variable} bypassed: {self.reason})"
        return "direct"


def choose_route(url: str, environment: Mapping[str, str]) -> Route:
    """Return the route for a URL under these environment variables. Never raises."""
    try:
        scheme, host, port = origin_of(url)
    except ValueError:
        return Route()
    variable, value = _proxy_setting(scheme, environment)
    if variable is None:
        return Route()
    if is_loopback(host):
        return Route(variable=variable, reason="loopback")
    entry, problems = _bypass(host, port, environment)
    if entry is not None:
        excepted, _ = no_proxy_setting(environment)
        return Route(variable=variable, reason=f"${excepted} has {entry}", problems=problems)
    return _through(variable, value, problems)


def _proxy_setting(scheme: str, environment: Mapping[str, str]) -> tuple[str | None, str]:
    """Find the variable for a scheme; lower case wins, as in curl."""
    for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper(), "all_proxy", "ALL_PROXY"):
        value = environment.get(name, "").strip()
        # Web servers pass a request's "Proxy:" header on to CGI programs as HTTP_PROXY (httpoxy).
        if value and not (name == "HTTP_PROXY" and "REQUEST_METHOD" in environment):
            return name, value
    return None, ""


def no_proxy_setting(environment: Mapping[str, str]) -> tuple[str, str]:
    """Return the variable that excepts hosts, and its text; lower case wins, as in curl."""
    for name in ("no_proxy", "NO_PROXY"):
        if environment.get(name):
            return name, environment[name]
    return "NO_PROXY", ""


def _through(variable: str, value: str, problems: tuple[Failure, ...]) -> Route:
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        scheme, host, port = origin_of(parts.geturl())
    except ValueError:
        return Route(
            variable=variable, problems=problems, failure=explain("proxy-malformed", variable=variable)
        )
    if scheme.startswith("socks"):
        failure = explain("proxy-socks-unsupported", variable=variable)
        return Route(variable=variable, problems=problems, failure=failure)
    if scheme not in ("http", "https"):
        return Route(
            variable=variable, problems=problems, failure=explain("proxy-malformed", variable=variable)
        )
    shown = f"[{host}]" if ":" in host else host
    credentials = None
    if parts.username is not None:
        credentials = (unquote(parts.username), unquote(parts.password or ""))
    return Route(f"{scheme}://{shown}:{port}", variable, problems=problems, credentials=credentials)


def _bypass(host: str, port: int, environment: Mapping[str, str]) -> tuple[str | None, tuple[Failure, ...]]:
    """Return the entry of NO_PROXY that covers the host, and a failure for each that cannot be read."""
    variable, text = no_proxy_setting(environment)
    problems: list[Failure] = []
    found: str | None = None
    for entry in filter(None, (part.strip() for part in text.replace(" ", ",").split(","))):
        try:
            if found is None and _covers(entry, host, port):
                found = entry
        except ValueError:
            problems.append(explain("no-proxy-malformed", entry=entry, variable=variable))
    return found, tuple(problems)


def _covers(entry: str, host: str, port: int) -> bool:
    """Whether an entry covers a host: ``*``, a name with its subdomains, an address, a range; with a port.

    Raises:
        ValueError: the entry is none of these.
    """
    if entry == "*":
        return True
    if "/" in entry:
        network = ipaddress.ip_network(entry.replace("[", "").replace("]", ""), strict=False)
        address = ip_address(host)
        return address is not None and address.version == network.version and address in network
    name, entry_port = _split_port(entry)
    if entry_port is not None and entry_port != port:
        return False
    wanted = ip_address(name)
    if wanted is not None:
        return ip_address(host) == wanted
    domain = name.lower().removeprefix("*").strip(".")
    if not domain or any(character in "[]:*@%" for character in domain):
        raise ValueError(entry)
    return host.lower() == domain or host.lower().endswith("." + domain)


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
