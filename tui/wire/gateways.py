"""Identifies who sent an error: marks of gateways, tunnels and login pages in headers and pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from tui.core.lazy_pattern import lazy_pattern
from tui.wire import dialects
from tui.wire.error_body import ErrorBody
from tui.wire.servers import GatewayMark

LOGIN = "login"
BASIC = "basic"


_MARKS = (
    ("nginx", GatewayMark("server", "(?i)nginx|openresty|tengine")),
    ("nginx", GatewayMark(text="<center>(?:nginx|openresty|tengine)")),
    ("Cloudflare", GatewayMark("server", "(?i)cloudflare")),
    ("Cloudflare", GatewayMark("cf-ray")),
    ("ngrok", GatewayMark("ngrok-error-code")),
    ("ngrok", GatewayMark(text=r"err_ngrok_\d+")),
    ("APISIX", GatewayMark("server", "(?i)apisix")),
    ("Kong", GatewayMark("server", "(?i)kong")),
    ("Kong", GatewayMark("via", "(?i)kong")),
    ("Envoy", GatewayMark("server", "(?i)envoy")),
    ("Envoy", GatewayMark(text="no healthy upstream|upstream connect error")),
    ("Traefik", GatewayMark(text=r"\Ano available server\Z")),
    ("HAProxy", GatewayMark(text="no server is available to handle this request")),
    ("Caddy", GatewayMark("server", "(?i)caddy")),
    ("AWS", GatewayMark("server", "(?i)awselb")),
    (BASIC, GatewayMark("www-authenticate", r"(?i)\s*basic\b(?!.*\bbearer\b)")),
    (LOGIN, GatewayMark(text=r"<title[^>]*>[^<]{0,80}\b(?:sign[ -]?in|log[ -]?in|single sign-on)\b")),
    (LOGIN, GatewayMark(text=r"<input[^>]{0,200}type=[\"']?password")),
    (LOGIN, GatewayMark(text="err_ngrok_6024")),  # the page shown on the first visit of a tunnel
)
"""Marks of generic HTTP gateways; those of model gateways are in ``wire.dialects``."""
_LOGIN_PLACE = lazy_pattern(
    r"(?:^|[/._-])(?:log-?in|sign-?in|sign_in|sso|oauth2?|oidc|openid|authorize|saml2?|auth|authn?"
    r"|authelia|authentik|keycloak|cdn-cgi/access|accounts|passport)(?:[/._-]|$)",
    re.IGNORECASE,
)
_ROUTES = ("/chat/completions", "/models", "/embeddings")


def marks_of(headers: Mapping[str, str], body: ErrorBody) -> frozenset[str]:
    """Return the marks of a reply. Header names in lower case."""
    text = body.page or body.message.lower()
    of_models = ((row.gateway, mark) for row in dialects.DIALECTS for mark in row.gateway_marks)
    found = {name for name, mark in (*of_models, *_MARKS) if _is_there(mark, headers, text)}
    if is_login_place(headers.get("location", "")):
        found.add(LOGIN)
    return frozenset(found)


def of_gateways(marks: frozenset[str]) -> frozenset[str]:
    """Return the marks that name a gateway."""
    return marks - {LOGIN, BASIC}


def model_gateways() -> frozenset[str]:
    """Return the gateways that use their own model names, which differ from those of their upstream."""
    return frozenset(row.gateway for row in dialects.DIALECTS) - {""}


def gateway_name(headers: Mapping[str, str], marks: frozenset[str]) -> str | None:
    """Return the name of a gateway: of a model gateway by its marks, of others as they name themselves."""
    known = sorted(of_gateways(marks))
    of_models = next((name for name in known if name in model_gateways()), None)
    return of_models or headers.get("server") or next(iter(known), None)


def is_login_place(location: str) -> bool:
    """Return whether a redirect leads to a login page, rather than to the same route elsewhere."""
    try:
        parts = urlsplit(location)
        place = f"{parts.hostname or ''}{parts.path}"
    except ValueError:
        return False
    return not parts.path.rstrip("/").endswith(_ROUTES) and _LOGIN_PLACE.search(place) is not None


def _is_there(mark: GatewayMark, headers: Mapping[str, str], text: str) -> bool:
    if mark.text:
        return re.search(mark.text, text) is not None
    if mark.header.endswith("*"):
        return any(name.startswith(mark.header[:-1]) for name in headers)
    return mark.header in headers and re.search(mark.value, headers[mark.header]) is not None
