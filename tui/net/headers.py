"""The headers that an endpoint adds to its requests: the key and the extra headers. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui.core.causes import explain
from tui.core.chat import Endpoint
from tui.core.endpoint_url import is_loopback_host
from tui.core.failure import UsageError
from tui.core.lazy_pattern import lazy_pattern
from tui.core.provider import ApiKeyHeader
from tui.core.secret_headers import has_secret_header
from tui.net.addresses import Origin
from tui.texts import network

if TYPE_CHECKING:
    import httpx

_HEADER_NAME = lazy_pattern(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = lazy_pattern(r"([\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?)?")
_KEY = lazy_pattern(r"[\x21-\x7e]+")


_HELD = ("location", "set-cookie")
_HELD_UNDER = "lmdeck.held"


def hold_back(response: httpx.Response) -> None:
    """Hide the headers that the HTTP client would act on; see ``headers_of``.

    Even without redirects and cookies, the client parses both headers, and raises what its parsers raise
    (httpx 0.28.1).
    """
    response.extensions[_HELD_UNDER] = {
        name: response.headers.pop(name) for name in _HELD if name in response.headers
    }


def headers_of(response: httpx.Response) -> dict[str, str]:
    """Return the headers of a response, names in lower case, including hidden ones."""
    held: dict[str, str] = response.extensions.get(_HELD_UNDER, {})
    return {**{name.lower(): value for name, value in response.headers.items()}, **held}


def check_encrypted(endpoint: Endpoint, origin: Origin) -> None:
    """Refuse to send a key unencrypted to another machine without the user's permission.

    Raises:
        UsageError: cause ``key-unencrypted``.
    """
    if not endpoint.allow_unencrypted_key and is_key_open(endpoint, origin):
        raise UsageError(explain("key-unencrypted", host=origin.host))


def is_key_open(endpoint: Endpoint, origin: Origin) -> bool:
    """Return whether a key would be sent to another machine unencrypted."""
    return sends_key(endpoint) and origin.scheme == "http" and not is_loopback_host(origin.host)


def sends_key(endpoint: Endpoint) -> bool:
    """Return whether a request carries a key, possibly in an extra header."""
    return bool(endpoint.key) or has_secret_header(endpoint.extra_headers)


def endpoint_headers(endpoint: Endpoint) -> dict[str, str]:
    """Return the extra headers and the one with the key.

    Raises:
        UsageError: one of them contains an invalid character (``key-malformed``, ``provider-invalid``).
    """
    return {**_extra_headers(endpoint.extra_headers), **_key_header(endpoint)}


def _key_header(endpoint: Endpoint) -> dict[str, str]:
    key = endpoint.current_key
    if not key:
        return {}
    text = key.reveal()
    if not _KEY.fullmatch(text):
        reason = network.KEY_CHARACTERS
        raise UsageError(explain("key-malformed", reason=reason, key_source=endpoint.key_source))
    if endpoint.key_header is ApiKeyHeader.BEARER:
        return {"Authorization": f"Bearer {text}"}
    return {endpoint.key_header.value: text}


def _extra_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            reason = network.HEADER_CHARACTERS.format(name=name)
            raise UsageError(explain("provider-invalid", reason=reason, field="extra_headers"))
    return headers
