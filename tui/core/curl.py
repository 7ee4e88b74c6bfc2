"""The curl command for a request, with the API key in a shell variable."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping

from tui.core.api_key_reference import ApiKeyKind, parse_api_key_reference
from tui.core.api_key_search import MASK
from tui.core.chat import Endpoint
from tui.core.provider import ApiKeyHeader
from tui.core.secret_fields import without_secrets
from tui.core.secret_headers import is_secret_header

_DEFAULT_VARIABLE = "API_KEY"


def curl_command(
    endpoint: Endpoint, url: str, body: Mapping[str, object] | None = None, *, around_proxy: bool = False
) -> str:
    """Return a command line for a POSIX shell: POST with a body, otherwise GET. It never contains a key.

    ``around_proxy`` bypasses a proxy from the environment.
    """
    parts = ["curl -sS -i -N" if body is not None else "curl -sS -i"]
    if around_proxy:
        parts.append("--noproxy '*'")
    parts += _tls_parts(endpoint)
    parts += [f"-H {header}" for header in _headers(endpoint)]
    if body is not None:
        parts.append("-H 'Content-Type: application/json'")
        parts.append(f"-d {shlex.quote(_body_text(body))}")
    parts.append(shlex.quote(url))
    return " \\\n  ".join(parts)


def key_variable(endpoint: Endpoint) -> str:
    """Return the name of the shell variable for the key."""
    reference = parse_api_key_reference(endpoint.key_source)
    if reference is not None and reference.kind is ApiKeyKind.ENVIRONMENT:
        name = reference.value
        return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else _DEFAULT_VARIABLE
    return _DEFAULT_VARIABLE


def _body_text(body: Mapping[str, object]) -> str:
    """Return the body in ASCII, except for the masks in place of its secrets."""
    return json.dumps(without_secrets(body)).replace(json.dumps(MASK)[1:-1], MASK)


def _headers(endpoint: Endpoint) -> list[str]:
    shown: list[str] = []
    if endpoint.key:
        variable = f"${key_variable(endpoint)}"
        if endpoint.key_header is ApiKeyHeader.BEARER:
            shown.append(f'"Authorization: Bearer {variable}"')
        else:
            shown.append(f'"{endpoint.key_header}: {variable}"')
    for name, value in endpoint.extra_headers.items():
        if is_secret_header(name):
            variable = re.sub(r"\W", "_", name).upper()
            shown.append(f'{shlex.quote(name + ": ")}"${variable}"')
        else:
            shown.append(shlex.quote(f"{name}: {value}"))
    return shown


def _tls_parts(endpoint: Endpoint) -> list[str]:
    tls = endpoint.tls
    parts: list[str] = []
    if tls.insecure or tls.pinned_sha256:
        parts.append("--insecure")
    if tls.ca_file:
        parts.append(f"--cacert {shlex.quote(tls.ca_file)}")
    if tls.client_certificate:
        parts.append(f"--cert {shlex.quote(tls.client_certificate)}")
    if tls.client_key:
        parts.append(f"--key {shlex.quote(tls.client_key)}")
    return parts
