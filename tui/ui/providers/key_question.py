"""Asks before a fix sends a key to another server than the one it was given for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tui.core.endpoint_url import inspect_url
from tui.core.provider import Provider
from tui.texts import diagnosis as texts
from tui.texts.chat import CANCEL
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.dialogs import confirm


def ask_before_key_moves(
    screen: LmdeckScreen[Any], before: Provider, after: Provider, save: Callable[[], object]
) -> None:
    """Save at once, or ask where the key of a provider would go to another server."""
    if after.api_key is None or _origin(after) == _origin(before):
        save()
        return
    body = texts.SEND_KEY_BODY.format(name=after.name, address=_origin(after))
    confirm(screen, texts.SEND_KEY_TITLE, body, save, texts.USE_IT, CANCEL, is_dangerous=True)


def _origin(provider: Provider) -> str:
    return inspect_url(provider.provider_url).root_url or provider.provider_url
