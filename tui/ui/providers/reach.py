"""The state of an endpoint: a mark, and one or two words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum

from tui.core.causes import causes_of
from tui.core.failure import Failure
from tui.core.lazy_pattern import lazy_pattern
from tui.texts import provider_list as texts
from tui.texts.cli import NOT_CHECKED

_GOOD, _WARNING, _BAD, _DIM = "$text-success", "$text-warning", "$text-error", "dim"


class Reach(Enum):
    """The states in sort order, each with a mark, words and a colour, since one alone may be missed."""

    UP = ("●", texts.UP, _GOOD)
    READY = ("●", texts.READY, _GOOD)
    CHECKING = ("…", texts.CHECKING, _DIM)
    LOADING = ("◌", texts.LOADING, _WARNING)
    STARTING = ("◌", texts.STARTING, _WARNING)
    BUSY = ("◌", texts.BUSY, _WARNING)
    NO_KEY = ("◌", texts.NO_KEY, _WARNING)
    KEY_REFUSED = ("✗", texts.KEY_REFUSED, _WARNING)
    NO_CREDIT = ("✗", texts.NO_CREDIT, _WARNING)
    MODEL_GONE = ("✗", texts.MODEL_GONE, _WARNING)
    NO_MODEL = ("✗", texts.NO_MODEL, _WARNING)
    NO_VECTORS = ("✗", texts.NO_VECTORS, _WARNING)
    NO_LIST = ("–", texts.NO_LIST, _DIM)
    UNKNOWN = ("–", NOT_CHECKED, _DIM)
    WRONG_URL = ("✗", texts.WRONG_URL, _BAD)
    SERVER_ERROR = ("✗", texts.SERVER_ERROR, _BAD)
    BROKEN = ("✗", texts.BROKEN, _BAD)
    TLS_ERROR = ("✗", texts.TLS_ERROR, _BAD)
    PROXY_ERROR = ("○", texts.PROXY_ERROR, _BAD)
    REFUSED = ("○", texts.REFUSED, _BAD)
    UNKNOWN_HOST = ("○", texts.UNKNOWN_HOST, _BAD)
    NO_ROUTE = ("○", texts.NO_ROUTE, _BAD)
    TIMEOUT = ("○", texts.TIMEOUT, _BAD)
    NO_ANSWER = ("○", texts.NO_ANSWER, _BAD)
    DOWN = ("○", texts.DOWN, _BAD)
    BLOCKED = ("○", texts.BLOCKED, _BAD)
    MISSING = ("○", texts.NOT_INSTALLED, _DIM)
    INACTIVE = ("–", texts.OFF, _DIM)

    @property
    def glyph(self) -> str:
        """The mark."""
        return self.value[0]

    @property
    def word(self) -> str:
        """The text next to it."""
        return self.value[1]

    @property
    def colour(self) -> str:
        """The colour, as a theme variable."""
        return self.value[2]

    @property
    def rank(self) -> int:
        """Its sort order: working providers come first."""
        return _RANKS[self]

    @property
    def is_good(self) -> bool:
        """Whether a chat is likely to work."""
        return self in (Reach.UP, Reach.READY)

    @property
    def needs_attention(self) -> bool:
        """Whether there is a problem that can be fixed."""
        return self.colour in (_WARNING, _BAD)


_RANKS = {reach: rank for rank, reach in enumerate(Reach)}


def _all(reach: Reach, causes: Iterable[str]) -> dict[str, Reach]:
    return dict.fromkeys(causes, reach)


_BY_CAUSE: Mapping[str, Reach] = {
    **_all(Reach.NO_VECTORS, causes_of("Embeddings")),
    **_all(
        Reach.MODEL_GONE, ("model-not-found", "deployment-not-found", "model-forbidden", "model-other-api")
    ),
    **_all(Reach.NO_MODEL, ("no-model-loaded", "model-missing")),
    **_all(Reach.KEY_REFUSED, ("auth", "auth-scheme", "basic-auth", "forbidden", "login-page")),
    **_all(Reach.NO_KEY, ("key-unavailable", "key-malformed")),
    **_all(Reach.BLOCKED, ("setting-unreadable", "key-unencrypted", "file-untrusted")),
    **_all(Reach.BUSY, ("rate-limited", "overloaded", "gateway-limit", "maintenance")),
    **_all(Reach.BROKEN, ("load-failed", "start-failed", "backend-crashed", "engine-failed")),
    **_all(
        Reach.SERVER_ERROR,
        (
            "server-error",
            "bad-gateway",
            "gateway-timeout",
            "upstream-auth",
            "upstream-mapping",
            "upstream-paused",
        ),
    ),
    **_all(
        Reach.WRONG_URL, ("wrong-path", "unexpected-response", "redirect", "not-http", "method-not-allowed")
    ),
    **_all(Reach.WRONG_URL, ("http2-only", "tls-on-plain-port", "plain-on-tls-port")),
    **_all(Reach.REFUSED, ("connection-refused", "wrong-ip-family", "hosts-file-family")),
    **_all(Reach.UNKNOWN_HOST, ("dns-unknown-host", "dns-unavailable")),
    **_all(Reach.TIMEOUT, ("connect-timeout", "tls-stalled", "headers-stalled")),
    **_all(
        Reach.NO_ANSWER, ("no-answer", "closed-without-answer", "connection-reset", "tunnel-far-end-down")
    ),
    "loading": Reach.LOADING,
    "starting": Reach.STARTING,
    "quota": Reach.NO_CREDIT,
    "no-route": Reach.NO_ROUTE,
    "engine-missing": Reach.MISSING,
}
_BY_PREFIX = (("url-", Reach.WRONG_URL), ("tls-", Reach.TLS_ERROR), ("proxy-", Reach.PROXY_ERROR))
_PERCENT = lazy_pattern(r"(?<![\d.])(\d{1,2}|100)(?:\.\d+)? ?%")


def reach_after(failure: Failure | None, *, has_key: bool = True) -> Reach:
    """Return the state of an endpoint after a failure; ``has_key``: a key was sent."""
    if failure is None:
        return Reach.DOWN
    found = _BY_CAUSE.get(failure.cause)
    if found is None:
        found = next((reach for start, reach in _BY_PREFIX if failure.cause.startswith(start)), Reach.DOWN)
    return Reach.NO_KEY if found is Reach.KEY_REFUSED and not has_key else found


def reach_found(
    is_reachable: bool | None, milliseconds: float | None, failure: Failure | None, *, has_key: bool = True
) -> Reach:
    """Return the result of a quick check: only an endpoint without any problem is good."""
    if is_reachable is None:
        return Reach.NO_LIST
    if failure is not None or not is_reachable:
        return reach_after(failure, has_key=has_key)
    return Reach.UP if milliseconds is not None else Reach.READY


def state_words(reach: Reach, milliseconds: float | None, failure: Failure | None) -> str:
    """Return the state with its mark: ``● 14 ms``, ``✗ model gone``, ``◌ loading 40 %``."""
    words = reach.word
    if reach is Reach.UP and milliseconds is not None:
        words = texts.MILLISECONDS.format(milliseconds=milliseconds)
    elif reach is Reach.LOADING and failure is not None:
        percent = _PERCENT.search(failure.server_message or "")
        words = texts.LOADING_PERCENT.format(percent=percent[1]) if percent else words
    return f"{reach.glyph} {words}"
