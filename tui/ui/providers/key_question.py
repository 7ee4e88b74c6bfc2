"""Asks before a fix sends a secret to a server other than the one it was entered for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tui.core.endpoint_url import inspect_url
from tui.core.provider import Provider
from tui.core.safe_text import safe_line
from tui.core.secret_fields import body_secrets
from tui.core.secret_headers import has_secret_header
from tui.texts import diagnosis as texts
from tui.texts.chat import CANCEL
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.dialogs import confirm


def ask_before_key_moves(
    screen: LmdeckScreen[Any], before: Provider, after: Provider, apply: Callable[[], object]
) -> None:
    """Apply a fix, after confirmation if it would send the provider's secrets to another server."""
    secrets = _secrets_of(after)
    origin = _origin(after.provider_url)
    if not secrets or origin == _origin(before.provider_url):
        apply()
        return
    name, address = safe_line(after.name) or texts.UNSAVED, safe_line(origin)
    body = texts.SEND_SECRETS_BODY.format(secrets=secrets, name=name, address=address)
    title = texts.SEND_SECRETS_TITLE.format(secrets=secrets)
    confirm(screen, title, body, apply, texts.USE_IT, CANCEL, is_dangerous=True)


def _secrets_of(provider: Provider) -> str:
    """Return a description of the secrets that are sent with every request."""
    has_body_secret = any(body_secrets(provider.extra_body))
    found = (
        (provider.api_key is not None, texts.CARRIES_KEY),
        (has_secret_header(provider.extra_headers) or has_body_secret, texts.CARRIES_FIELDS),
    )
    return texts.AND.join(words for is_there, words in found if is_there)


def _origin(url: str) -> str:
    """Return scheme, host and port, corrected if misspelled."""
    report = inspect_url(url)
    return report.root_url or inspect_url(report.repair or "").root_url or url
