"""What happens in every request, one event per line, for the debug log (``store.debug_log``).

An event contains no text of a prompt, an answer, a header or a server, and of an address only host and path:
a key that becomes known later must not have been written before.
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
    """Whether anybody asked for a log."""
    return LOG.isEnabledFor(logging.DEBUG)


def tell(event: str, **facts: object) -> None:
    """Write one event with its facts; costs almost nothing without a log."""
    if is_wanted():
        known = (f"{name}={_shown(fact)}" for name, fact in facts.items() if fact not in (None, ""))
        LOG.debug("%s", " ".join((event, *known)))


def bare_url(url: str) -> str:
    """Return a URL without what may hold a password or a key: user, query and fragment."""
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
