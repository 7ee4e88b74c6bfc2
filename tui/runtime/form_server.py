"""The server of a form: when it is queried, with or without the key, and its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from tui.core.endpoint_url import inspect_url

if TYPE_CHECKING:
    from tui.core.provider import Provider
    from tui.net.reachability import Reachability
    from tui.runtime.contract import ScreenRuntime

_DECIDING = frozenset(("provider_url", "api_key"))


class AskingForm(Protocol):
    """The part of a form that is used here."""

    runtime: ScreenRuntime
    values: dict[str, str]

    def for_request(self) -> tuple[Provider, str | None]:
        """Return the provider with the current values, and the key field unless it is the saved key."""


class FormServer:
    """Queries the server of a form for its kind and models, once per URL."""

    def __init__(self, form: AskingForm) -> None:
        self._form = form
        self.seen: Reachability | None = None
        """The server's last answer; ``None`` without a request, or if the values have changed."""
        self._asked: tuple[str, str] | None = None

    @property
    def models(self) -> Sequence[str]:
        """The models of the server, as far as known."""
        return (self.seen.models if self.seen is not None else None) or ()

    @property
    def only_model(self) -> str | None:
        """The model of a server with only one."""
        return self.models[0] if len(self.models) == 1 else None

    @property
    def context_window(self) -> int | None:
        """The context length of the given or only model; ``None`` if unknown."""
        windows: Mapping[str, int] = self.seen.context_windows if self.seen is not None else {}
        return windows.get(self._values["compatible_provider"] or self.only_model or "") or windows.get("")

    @property
    def address(self) -> str | None:
        """The URL to query; ``None`` without a valid URL."""
        return inspect_url(self._values["provider_url"]).models_url

    @property
    def is_asked(self) -> bool:
        """Whether the current values were queried."""
        return self._asked is not None

    @property
    def is_key_held_back(self) -> bool:
        """Whether the last request was sent without the key in its field."""
        key = self._values["api_key"]
        return bool(key) and self._asked == (self._values["provider_url"], "")

    @property
    def _values(self) -> Mapping[str, str]:
        return self._form.values

    @staticmethod
    def is_decided_by(name: str) -> bool:
        """Return whether a field determines the available models."""
        return name in _DECIDING

    def forget(self) -> None:
        """Forget the answer, since another endpoint has other models."""
        self.seen = self._asked = None

    def address_to_ask(self, *, with_key: bool) -> str | None:
        """Return the URL to query, if it was not queried yet, and mark it as queried.

        ``with_key``: false while the URL is being typed, since a half-typed host must not receive a key.
        """
        url, address = self._values["provider_url"], self.address
        asked = (url, self._values["api_key"] if with_key else "")
        is_known = self._asked is not None and self._asked[0] == url and not with_key
        if address is None or is_known or asked == self._asked:
            return None
        self._asked, self.seen = asked, None
        return address

    async def look(self, *, with_key: bool) -> None:
        """Query the server for its kind and models. Answers for an outdated URL are dropped."""
        asked = self._asked
        if asked is None:
            return
        provider, key_text = self._form.for_request()
        if not with_key:
            provider, key_text = replace(provider, api_key=None, extra_headers={}), ""
        seen = await self._form.runtime.look(provider, key_text)
        if self._asked == asked:
            self.seen = seen
