"""Renders inline Markdown: emphasis, code, links with visible URLs, unchanged LaTeX.

markdown-it parses one leaf block at a time, within a limit of characters; what exceeds it is plain text. HTML
is recognised so that no Markdown is parsed inside, and shown unchanged. Nothing here ever becomes markup or
opens anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from tui.core.lazy_pattern import lazy_pattern
from tui.core.safe_text import safe_line
from tui.texts import chat as texts
from tui.ui.transcript.cells import settle_cells
from tui.ui.transcript.lines import Attribute, Role, Span
from tui.ui.transcript.wrap import BREAK

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

BUDGET_CHARACTERS = 4_000
"""The longest text parsed as one."""
BUDGET_OPENERS = 200
"""The most brackets in one text: beyond that, searching for links would take quadratic time."""
_PLAIN = lazy_pattern(r"[^\\`*_~\[\]<&!$\n]*\Z")
_MATH = lazy_pattern(
    r"\\\((?:[^\\]|\\(?!\)))+?\\\)"
    r"|\\\[(?=[^\]]*[^\\\s\]])(?:[^\\]|\\(?!\]))+?\\\]"
    r"|\$\$[^$]+?\$\$"
    r"|\$(?![\s$])[^$\n]*?(?<![\s$\\])\$(?!\d)"
)
_ATTRIBUTES = {"strong": Attribute.BOLD, "em": Attribute.ITALIC, "s": Attribute.STRIKE}
Reference = tuple[str, str]
"""URL and title of a link reference."""


def new_parser(preset: str, options: Mapping[str, object] | None = None) -> MarkdownIt:
    """Return a parser with the rules of a markdown-it preset."""
    from markdown_it import MarkdownIt

    return MarkdownIt(preset, options)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = new_parser("commonmark", {"html": True}).enable(["strikethrough"])
    parser.inline.ruler.before("escape", "math", _math)
    parser.validateLink = _any_link  # type: ignore[method-assign]  # shown, and judged only when opened
    return parser


def _any_link(url: str) -> bool:
    return True


def _math(state: StateInline, silent: bool) -> bool:
    """Keep a LaTeX formula unchanged, before its underscores and backslashes are parsed."""
    if state.src[state.pos] not in "\\$":
        return False
    match = _MATH.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("math", "", 0).content = match[0]
    state.pos = match.end()
    return True


def warm() -> None:
    """Import and create the parser before the first answer."""
    inline_spans("*warm* `up`", Role.TEXT)


@lru_cache(maxsize=512)
def inline_spans(
    text: str, style: int = Role.TEXT, references: tuple[tuple[str, Reference], ...] = ()
) -> tuple[Span, ...]:
    """Return a leaf block's text as spans. A line feed in it is a soft break, drawn as a space."""
    if _PLAIN.match(text):
        return (Span(settle_cells(text.replace("\t", " ")), style),) if text else ()
    if len(text) > BUDGET_CHARACTERS or text.count("[") > BUDGET_OPENERS or text.count("<") > BUDGET_OPENERS:
        return tuple(_plain_spans(text, style))
    environment = {"references": {label: {"href": url, "title": title} for label, (url, title) in references}}
    tokens = _parser().parseInline(text, environment)[0].children or []
    return tuple(_Walk(style).spans(tokens))


def _plain_spans(text: str, style: int) -> Iterable[Span]:
    yield Span(settle_cells(text.replace("\t", " ").replace("\n", " ")), style)


class _Walk:
    """Converts a flat list of tokens to spans, tracking the open styles."""

    def __init__(self, style: int) -> None:
        self._style = style
        self._outer: list[int] = []
        """The style around each open emphasis, which can be nested."""
        self._links: list[str] = []
        self._link_text: list[str] = []

    def spans(self, tokens: Iterable[Token]) -> Iterable[Span]:
        for token in tokens:
            yield from self._token(token)

    def _token(self, token: Token) -> Iterable[Span]:
        kind = token.type
        if kind == "text":
            yield from self._text(token.content, self._style)
        elif kind == "softbreak":
            yield from self._text(" ", self._style)
        elif kind == "hardbreak":
            yield Span(BREAK, self._style)
        elif kind == "code_inline":
            yield from self._text(token.content, self._restyled(Role.INLINE_CODE))
        elif kind == "html_inline":
            yield from self._text(token.content.replace("\n", " "), self._style)
        elif kind == "math":
            yield from self._text(token.content.replace("\n", " "), self._restyled(Role.LITERAL))
        elif kind == "image":
            yield from self._image(token)
        elif kind == "link_open":
            self._links.append(str(token.attrs.get("href", "")))
            self._link_text.append("")
        elif kind == "link_close":
            yield from self._close_link()
        elif kind.endswith("_open"):
            self._outer.append(self._style)
            self._style |= _ATTRIBUTES.get(token.tag, 0)
        elif kind.endswith("_close"):
            self._style = self._outer.pop()
        else:
            yield from self._text(token.content, self._style)

    def _restyled(self, role: Role) -> int:
        return role | (self._style & ~0xFF)

    def _text(self, text: str, style: int) -> Iterable[Span]:
        if not text:
            return
        text = settle_cells(safe_line(text))  # character references can name any character
        if self._links:
            self._link_text[-1] += text
            style = (Role.LINK | (style & ~0xFF)) if style & 0xFF != Role.INLINE_CODE else style
            yield Span(text, style | Attribute.UNDERLINE, self._links[-1])
        else:
            yield Span(text, style)

    def _close_link(self) -> Iterable[Span]:
        if not self._links:
            return
        url, text = self._links.pop(), self._link_text.pop()
        shown = readable_url(url)
        if shown and text not in (shown, url, url.removeprefix("mailto:")):
            yield Span(f" ({shown})", Role.URL, url)

    def _image(self, token: Token) -> Iterable[Span]:
        alternative = _plain_text(token)
        url = str(token.attrs.get("src", ""))
        label = settle_cells(safe_line(texts.IMAGE.format(description=alternative or texts.NO_DESCRIPTION)))
        yield Span(label, self._restyled(Role.LINK), url)
        yield Span(f" ({readable_url(url)})", Role.URL, url)


def _plain_text(token: Token) -> str:
    """Return the description of an image, which is Markdown itself, as text."""
    if not token.children:
        return " " if token.type in ("softbreak", "hardbreak") else token.content
    return "".join(map(_plain_text, token.children))


def readable_url(url: str) -> str:
    """Return a URL for display; misleading characters stay percent-encoded."""
    return "".join(character if "!" <= character <= "~" else _percent(character) for character in url)


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))


def reference_tuple(references: Mapping[str, Reference]) -> tuple[tuple[str, Reference], ...]:
    """Return link references in a hashable form for the cache."""
    return tuple(references.items())
