"""Link reference definitions at the start of a paragraph, parsed by markdown-it's own rule."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.ui.transcript.inline import new_parser

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


class Definitions(NamedTuple):
    """The definitions in a paragraph: URL and title by normalised label; the first one for a label counts."""

    found: dict[str, tuple[str, str]]
    rest: str
    """The source after the definitions."""
    settled: dict[str, tuple[str, str]]
    """The definitions before the last one, which may continue with a title on its next line."""
    unsettled: str
    """The source from the last definition."""


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = new_parser("zero").enable("reference")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # judged only when it is opened
    return parser


def definitions(text: str) -> Definitions:
    """Parse the definitions at the start of a text without blank lines."""
    if not text.startswith("["):
        return Definitions({}, text, {}, text)
    parser = _parser()
    environment: dict[str, Any] = {}
    tokens = parser.block.parse(text, parser, environment, []) or []
    references = environment.get("references", {})
    if not references:
        return Definitions({}, text, {}, text)
    lines = text.split("\n")
    every = (*references.values(), *environment.get("duplicate_refs", ()))
    last = max(entry["map"][0] for entry in every)
    first = next((token.map[0] for token in tokens if token.map), len(lines))
    found = {label: (entry["href"], entry["title"]) for label, entry in references.items()}
    settled = {label: found[label] for label, entry in references.items() if entry["map"][0] < last}
    return Definitions(found, "\n".join(lines[first:]), settled, "\n".join(lines[last:]))
