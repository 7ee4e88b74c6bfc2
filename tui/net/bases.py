"""Where an API may be, if it is not where the URL says, and how an answer shows that it is one."""

from __future__ import annotations

from urllib.parse import urlsplit

from tui.net.fetch import Fetched
from tui.wire.error_body import read_error_body
from tui.wire.models import read_models

_ASKS_FOR_KEY = (401, 403)


def is_model_api(answer: Fetched) -> bool:
    """Return whether an answer is a model list, or a refusal in the form of an API."""
    if is_list(answer):
        return True
    if answer.status not in _ASKS_FOR_KEY:
        return False
    return read_error_body(answer.body[:64_000].decode("utf-8", "replace")).is_error


def is_list(answer: Fetched) -> bool:
    """Return whether an answer is a model list."""
    return answer.status < 300 and read_models(answer.body) is not None


def other_bases(base: str) -> tuple[str, ...]:
    """Return where the API may be, if it is not below this base: with ``/v1``, or at the root."""
    parts = urlsplit(base)
    root = f"{parts.scheme}://{parts.netloc}"
    guesses = [] if parts.path.rstrip("/").endswith("/v1") else [f"{base}/v1"]
    guesses += [f"{root}/v1", root] if parts.path.strip("/") else []
    return tuple(guess for guess in dict.fromkeys(guesses) if guess != base)
