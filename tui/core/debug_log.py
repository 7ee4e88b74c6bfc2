"""The events of every request, one per line, for the debug log (``store.debug_log``).

An event contains no text of a prompt, an answer, a header or a server, and of a URL only host and path: a key
that becomes known later must not be in the log already.
"""

from __future__ import annotations

import json
import logging
from urllib.parse import urlsplit

from tui.core.lazy_pattern import lazy_pattern

LOG = logging.getLogger("lmdeck")
LOG.propagate = False

_PLAIN = lazy_pattern(r'[^\s"=]+')


def is_wanted() -> bool:
    """Return whether the debug log is enabled."""
    return LOG.isEnabledFor(logging.DEBUG)


def tell(event: str, **facts: object) -> None:
    """Write an event with its facts; costs almost nothing if the log is disabled."""
    if is_wanted():
        known = (f"{name}={_shown(fact)}" for name, fact in facts.items() if fact not in (None, ""))
        LOG.debug("%s", " ".join((event, *known)))


def bare_url(url: str) -> str:
    """Return a URL without the parts that may contain a password or a key: user, query and fragment."""
    try:
        parts = urlsplit(url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
    except ValueError:
        return ""


def _shown(fact: object) -> str:
    if isinstance(fact, float):
        return f"{fact:.3f}"
    text = str(fact)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
