"""Adds what the server does not know to an error: the key's source, the model, a redirect's target."""

from __future__ import annotations

from dataclasses import replace

from tui.core.api_key_rules import literal_problem
from tui.core.api_key_search import MASK
from tui.core.causes import explain_again
from tui.core.chat import Endpoint
from tui.core.endpoint_url import usable_url
from tui.core.failure import Failure
from tui.core.outside import split_url, web_address
from tui.core.secret import Redactor
from tui.core.secret_headers import is_secret_header
from tui.net.addresses import replace_origin
from tui.net.headers import sends_key
from tui.net.proxies import Route
from tui.texts import network

_SHOWN_LOCATION = 200
"""The maximum length of an unusable redirect target, in characters."""


def enrich_http_error(
    failure: Failure,
    endpoint: Endpoint,
    *,
    route: str,
    location: str | None = None,
    model: str | None = None,
    redactor: Redactor,
    way: Route | None = None,
) -> Failure:
    """Return the failure with facts for its sentences.

    Args:
        route: the path of the request below the base URL, such as ``/chat/completions``.
        location: the response's ``Location`` header.
        model: the requested model.
        way: the route of the request: a proxy that requires a login responds in place of the endpoint.
    """
    if failure.status == 407 and way is not None and not way.is_direct:
        return explain_again(failure, "proxy-failed", proxy=way.proxy, variable=way.variable)
    if failure.cause == "auth" and (reason := _key_problem(endpoint)):
        failure = replace(failure, cause="key-malformed", facts={"reason": reason})
    asked = endpoint.base_url + route
    facts = {**_facts(failure, endpoint, asked, model), **_way(failure, way)}
    if failure.cause in ("redirect", "login-page") and location:
        facts = _redirect(asked, route, redactor.redact(location))
        if "malformed" in facts:
            failure = replace(failure, cause="redirect")
    if not any(facts.values()):
        return failure
    safe = {name: redactor.redact(value) for name, value in facts.items() if value}
    words: dict[str, str | None] = {**failure.facts, **safe}
    if "malformed" in safe:
        del words["location"]
    if (words.get("scheme") or "").lower() == endpoint.key_header:
        del words["scheme"]  # the header that was sent
    return explain_again(failure, **words)


_OF_PROXIES = frozenset({"bad-gateway", "gateway-timeout", "forbidden"})
_OF_MODELS = frozenset(
    {
        "model-not-found", "thinking-unsupported", "embeddings-unsupported", "model-forbidden",
        "model-other-api", "images-refused", "deployment-not-found", "upstream-auth", "upstream-mapping",
    }
)  # fmt: skip


def _facts(failure: Failure, endpoint: Endpoint, asked: str, model: str | None) -> dict[str, str | None]:
    cause = failure.cause
    if cause in ("auth", "auth-scheme", "key-malformed") and endpoint.key:
        return {"key_source": endpoint.key_source}
    if cause in ("auth", "auth-scheme") and sends_key(endpoint):
        return {"key_source": network.EXTRA_HEADER.format(name=_secret_header(endpoint))}
    if cause == "basic-auth":
        name = _secret_header(endpoint)
        is_sent = name is not None and endpoint.extra_headers[name].lower().startswith("basic ")
        return {"is_sent": "yes" if is_sent else None}
    if cause in ("auth", "forbidden") or (cause == "server-error" and _says_nothing(failure)):
        options = "yes" if endpoint.takes_options else None
        return {} if sends_key(endpoint) else {"without_key": "yes", "takes_options": options}
    if cause in _OF_MODELS:
        return {"model": model}
    if cause in ("wrong-path", "embeddings-missing"):
        parts = split_url(asked)
        return {"path": parts.path if parts is not None else None}
    if cause == "plain-on-tls-port":
        return {"repair": replace_origin(endpoint.base_url, scheme="https")}
    return {}


def _way(failure: Failure, way: Route | None) -> dict[str, str | None]:
    """Name the proxy, if the response may come from it."""
    if way is None or way.is_direct or failure.cause not in _OF_PROXIES:
        return {}
    return {"proxy": way.proxy, "variable": way.variable}


def _says_nothing(failure: Failure) -> bool:
    """Return whether there is only a generic server error.

    This is LiteLLM's response if no key was sent and it cannot look up keys.
    """
    words = (failure.server_message or "").lower().rstrip(".")
    return words in ("", "internal server error", "internal error", "500 internal server error")


def _secret_header(endpoint: Endpoint) -> str | None:
    """Return the name of the first extra header that replaces a key."""
    return next((name for name in endpoint.extra_headers if is_secret_header(name)), None)


def _key_problem(endpoint: Endpoint) -> str | None:
    """Return why a rejected key cannot be valid; checked only now, since some servers accept any key."""
    problem = literal_problem(endpoint.key.reveal()) if endpoint.key else None
    return problem.reason if problem is not None else None


def _redirect(asked: str, route: str, location: str) -> dict[str, str | None]:
    """Describe where a redirect leads.

    ``location`` is already redacted, since its parts would not be recognised.
    """
    target = web_address(asked, location)
    parts = split_url(target) if target is not None else None
    if target is None or parts is None:
        return {"malformed": f'"{location[:_SHOWN_LOCATION]}"'}
    if "@" in parts.netloc:
        netloc = f"{MASK}@{parts.netloc.rpartition('@')[2]}"
        return {"location": parts._replace(netloc=netloc).geturl()}
    base = target.removesuffix("/")
    repair = base.removesuffix(route) if base.endswith(route) else None
    return {"location": target, "repair": usable_url(repair)}
