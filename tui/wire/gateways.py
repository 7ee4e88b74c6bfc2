"""Whose answer an error is: the marks that gateways, tunnels and login pages leave in headers and pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from tui.wire.error_body import ErrorBody

LOGIN = "login"
BASIC = "basic"


class _Mark(NamedTuple):
    """One sign; those that are given hold together."""

    name: str
    header: str = ""
    """A header's name, or its beginning where it ends with ``*``."""
    value: re.Pattern[str] = re.compile("")
    text: re.Pattern[str] | None = None
    """What stands in the page or the sentence, in lower case."""


_MARKS = (
    _Mark("LiteLLM", "x-litellm-*"),
    _Mark("LiteLLM", "llm_provider-*"),
    _Mark("LiteLLM", text=re.compile(r"\blitellm\.|received model group=|model group '|litellm virtual key")),
    _Mark("OpenRouter", text=re.compile(r"provider returned error")),
    _Mark("nginx", "server", re.compile(r"nginx|openresty|tengine", re.IGNORECASE)),
    _Mark("nginx", text=re.compile(r"<center>(?:nginx|openresty|tengine)")),
    _Mark("Cloudflare", "server", re.compile("cloudflare", re.IGNORECASE)),
    _Mark("Cloudflare", "cf-ray"),
    _Mark("ngrok", "ngrok-error-code"),
    _Mark("ngrok", text=re.compile(r"err_ngrok_\d+")),
    _Mark("APISIX", "server", re.compile("apisix", re.IGNORECASE)),
    _Mark("Kong", "server", re.compile("kong", re.IGNORECASE)),
    _Mark("Kong", "via", re.compile("kong", re.IGNORECASE)),
    _Mark("Envoy", "server", re.compile("envoy", re.IGNORECASE)),
    _Mark("Envoy", text=re.compile(r"no healthy upstream|upstream connect error")),
    _Mark("Traefik", text=re.compile(r"\Ano available server\Z")),
    _Mark("HAProxy", text=re.compile("no server is available to handle this request")),
    _Mark("Caddy", "server", re.compile("caddy", re.IGNORECASE)),
    _Mark("AWS", "server", re.compile("awselb", re.IGNORECASE)),
    _Mark(BASIC, "www-authenticate", re.compile(r"\s*basic\b(?!.*\bbearer\b)", re.IGNORECASE)),
    _Mark(LOGIN, text=re.compile(r"<title[^>]*>[^<]{0,80}\b(?:sign[ -]?in|log[ -]?in|single sign-on)\b")),
    _Mark(LOGIN, text=re.compile(r"<input[^>]{0,200}type=[\"']?password")),
    _Mark(LOGIN, text=re.compile(r"err_ngrok_6024")),  # the page before a tunnel's first visit
)
_LOGIN_PLACE = re.compile(
    r"(?:^|[/._-])(?:log-?in|sign-?in|sign_in|sso|oauth2?|oidc|openid|authorize|saml2?|auth|authn?"
    r"|authelia|authentik|keycloak|cdn-cgi/access|accounts|passport)(?:[/._-]|$)",
    re.IGNORECASE,
)
_ROUTES = ("/chat/completions", "/models", "/embeddings")
GATEWAYS = frozenset(mark.name for mark in _MARKS) - {LOGIN, BASIC}


def marks_of(headers: Mapping[str, str], body: ErrorBody) -> frozenset[str]:
    """Return the marks of a reply. Header names in lower case."""
    text = body.page or body.message.lower()
    found = {mark.name for mark in _MARKS if _is_there(mark, headers, text)}
    if is_login_place(headers.get("location", "")):
        found.add(LOGIN)
    return frozenset(found)


def gateway_name(headers: Mapping[str, str], marks: frozenset[str]) -> str | None:
    """Return what a gateway is called: as it names itself, else by its marks."""
    known = sorted(marks & GATEWAYS)
    if "LiteLLM" in known:
        return "LiteLLM"
    return headers.get("server") or (known[0] if known else None)


def is_login_place(location: str) -> bool:
    """Return whether a redirect leads to a login, rather than to the same route elsewhere."""
    try:
        parts = urlsplit(location)
        place = f"{parts.hostname or ''}{parts.path}"
    except ValueError:
        return False
    return not parts.path.rstrip("/").endswith(_ROUTES) and _LOGIN_PLACE.search(place) is not None


def _is_there(mark: _Mark, headers: Mapping[str, str], text: str) -> bool:
    if mark.text is not None:
        return mark.text.search(text) is not None
    if mark.header.endswith("*"):
        return any(name.startswith(mark.header[:-1]) for name in headers)
    return mark.header in headers and mark.value.search(headers[mark.header]) is not None
