"""The examples of the CommonMark specification: what we draw has the structure of their HTML.

markdown-it's tokens stand between the two: rendered they are the example's HTML, read they are compared
with what our parser tells. What is compared: the kinds, the nesting and the order of blocks, the numbers of
items and where one list ends, the text of code with its language, and the text of everything else with its
emphasis, code, links, images and hard breaks. What no terminal shows is not: the titles of links, and whether
a list is loose (blank lines are drawn where the source has them).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.transcript.markdown_trace import Reader, Trace, our_trace, with_texts
from tui.core.safe_text import safe_line
from tui.ui.transcript.cells import settle_cells
from tui.ui.transcript.inline import inline_spans, reference_tuple
from tui.ui.transcript.lines import Attribute, Role
from tui.ui.transcript.wrap import BREAK

EXAMPLES = json.loads((Path(__file__).parent / "commonmark" / "spec.json").read_text("utf-8"))

DEVIATIONS = {
    163: "A tag that is none of HTML, alone on its line, begins no block of HTML: models wrap whole answers"
    " in tags such as <answer>, and the Markdown inside of them is meant as Markdown."
}
"""Examples that are drawn otherwise on purpose, and why."""

Run = tuple[str, frozenset[str], str]
"""A text, its styles, and the address that it leads to."""


def joined(runs: Iterable[Run]) -> list[Run]:
    """Return runs with neighbours of one style as one."""
    merged: list[Run] = []
    for text, styles, url in runs:
        if merged and merged[-1][1:] == (styles, url):
            merged[-1] = (merged[-1][0] + text, styles, url)
        elif text:
            merged.append((text, styles, url))
    return merged


def our_runs(text: str, references: dict[str, tuple[str, str]]) -> list[Run]:
    """Return the runs of a leaf's source as they are drawn, without the addresses behind links."""
    runs = []
    for span in inline_spans(text.strip(" \t\n"), Role.TEXT, reference_tuple(references)):
        if span.style & 0xFF == Role.URL:
            continue
        styles = {
            name
            for name, attribute in (("em", Attribute.ITALIC), ("strong", Attribute.BOLD))
            if span.style & attribute
        }
        if span.style & 0xFF == Role.INLINE_CODE:
            styles.add("code")
        runs.append(("\n" if span.text == BREAK else span.text, frozenset(styles), span.url))
    return joined(runs)


def shown(text: str) -> str:
    """Return a text as every text is shown: without what commands a terminal."""
    return settle_cells(safe_line(text))


def plain(token: Token) -> str:
    """Return the description of an image."""
    if token.children:
        return "".join(map(plain, token.children))
    return "\n" if token.type in ("softbreak", "hardbreak") else token.content


def their_runs(token: Token) -> list[Run]:
    """Return the runs of a leaf by its tokens."""
    runs: list[Run] = []
    open_styles: list[str] = []
    url = ""
    for child in token.children or ():
        styles = frozenset(open_styles)
        if child.type in ("em_open", "strong_open"):
            open_styles.append(child.tag)
        elif child.type in ("em_close", "strong_close"):
            open_styles.remove(child.tag)
        elif child.type == "link_open":
            url = str(child.attrs["href"])
        elif child.type == "link_close":
            url = ""
        elif child.type == "image":
            label = f"[image: {plain(child) or 'no description'}]"
            runs.append((shown(label), styles, str(child.attrs["src"])))
        elif child.type == "code_inline":
            runs.append((shown(child.content), styles | {"code"}, url))
        elif child.type == "softbreak":
            runs.append((" ", styles, url))
        elif child.type == "hardbreak":
            runs.append(("\n", styles, url))
        elif child.type == "html_inline":
            runs.append((child.content.replace("\n", " "), styles, url))
        else:
            runs.append((shown(child.content), styles, url))
    return joined(runs)


def ours(markdown: str) -> Trace:
    trace, references = our_trace(markdown.removesuffix("\n"))
    return with_texts(trace, lambda text: our_runs(text, references))


def squeezed(html: str) -> str:
    """Return HTML without the line breaks between tags, which mean nothing."""
    return re.sub(r">\n+<", "><", html)


def theirs(markdown: str, html: str) -> Trace:
    parser = MarkdownIt("commonmark")
    tokens = parser.parse(markdown)
    assert squeezed(parser.renderer.render(tokens, parser.options, {})) == squeezed(html)
    return Reader(their_runs).read(tokens)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["example"])
def test_an_example_is_drawn_with_the_structure_of_its_html(example: dict[str, Any]) -> None:
    is_alike = ours(example["markdown"]) == theirs(example["markdown"], example["html"])
    reason = DEVIATIONS.get(example["example"])
    assert is_alike == (reason is None), reason or "not the structure of the HTML"


def test_all_examples_of_the_specification_are_there() -> None:
    assert [example["example"] for example in EXAMPLES] == list(range(1, 653))
    assert set(DEVIATIONS) <= set(range(1, 653))
