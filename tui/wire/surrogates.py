"""Unpaired surrogates: servers that stream JSON escapes may split a surrogate pair."""

from __future__ import annotations

from tui.core.lazy_pattern import lazy_pattern

_SURROGATE = lazy_pattern("[\ud800-\udfff]")
_PAIR = lazy_pattern("[\ud800-\udbff][\udc00-\udfff]")


def may_hold_surrogates(json_text: str) -> bool:
    """Return whether parsing this JSON could give surrogates: they only come from ``\\ud…`` escapes."""
    return "\\ud" in json_text or "\\uD" in json_text


class SurrogateMender:
    """Joins a pair that was split between two pieces; an unpaired surrogate becomes U+FFFD."""

    __slots__ = ("pending",)

    def __init__(self) -> None:
        self.pending = ""
        """A high half that waits for the next piece."""

    def feed(self, text: str) -> str:
        """Return the text with whole characters only; it may be empty."""
        text = self.pending + text
        self.pending = ""
        if not _SURROGATE.search(text):
            return text
        if "\ud800" <= text[-1] <= "\udbff":
            self.pending = text[-1]
            text = text[:-1]
        return mend(text)

    def finish(self) -> str:
        """Return U+FFFD for a half that stayed alone."""
        left, self.pending = self.pending, ""
        return mend(left)


def mend(text: str) -> str:
    """Return the text with pairs joined and lone surrogates replaced by U+FFFD, so that it can be encoded."""
    text = _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    return _SURROGATE.sub("\ufffd", text)
