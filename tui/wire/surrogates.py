"""Repairs surrogate pairs: servers that stream JSON escapes may split them."""

from __future__ import annotations

from tui.core.lazy_pattern import lazy_pattern

_SURROGATE = lazy_pattern("[\ud800-\udfff]")
_PAIR = lazy_pattern("[\ud800-\udbff][\udc00-\udfff]")


def may_hold_surrogates(json_text: str) -> bool:
    """Return whether parsing this JSON could give surrogates, which only come from ``\\ud…`` escapes."""
    return "\\ud" in json_text or "\\uD" in json_text


class SurrogateMender:
    """Joins pairs that were split between two pieces; unpaired surrogates become U+FFFD."""

    __slots__ = ("pending",)

    def __init__(self) -> None:
        self.pending = ""
        """A high surrogate waiting for the next piece."""

    def feed(self, text: str) -> str:
        """Return the text with complete characters only; it may be empty."""
        text = self.pending + text
        self.pending = ""
        if not _SURROGATE.search(text):
            return text
        if "\ud800" <= text[-1] <= "\udbff":
            self.pending = text[-1]
            text = text[:-1]
        return mend(text)

    def finish(self) -> str:
        """Return U+FFFD for a remaining unpaired surrogate."""
        left, self.pending = self.pending, ""
        return mend(left)


def mend(text: str) -> str:
    """Join pairs and replace lone surrogates by U+FFFD, so that the text can be encoded."""
    text = _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    return _SURROGATE.sub("\ufffd", text)
