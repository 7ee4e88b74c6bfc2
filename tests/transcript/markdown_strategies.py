"""Random Markdown: documents of plausible blocks, and lines made to confuse a parser."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

WORDS = [
    "alpha",
    "beta",
    "**bold**",
    "*it*",
    "`code`",
    "a_b",
    "[x](http://y.z)",
    "中文",
    "👩‍💻",
    "~~no~~",
    "$x_1$",
    "1.",
    "-",
]
words = st.sampled_from(WORDS)
text = st.lists(words, min_size=1, max_size=12).map(" ".join)
STARTS = [
    "",
    "",
    "",
    "- ",
    "* ",
    "1. ",
    "2) ",
    "> ",
    "# ",
    "### ",
    "  - ",
    "    ",
    "   ",
    ">> ",
    "- [ ] ",
    "\t",
    "-\t",
    "1.\t",
    "+\t\t",
    "  *\t",
    "-     ",
]
ALONE = [
    "",
    "",
    "```",
    "```python",
    "~~~",
    "---",
    "===",
    "***",
    "| a | b |",
    "|---|:-:|",
    "| 1 | 2 |",
    ">",
    "-",
    "$$",
    "[r]: http://u",
    "[r]:",
    "'title'",
    "<div>",
    "</div>",
    "<b>",
    "<pre>",
    "</pre>",
    "<!-- note",
    "-->",
    "  \t",
    "\f",
    "\u00a0",
    "  ```",
    "    ~~~",
]
line = st.one_of(
    st.builds(lambda start, body: start + body, st.sampled_from(STARTS), text), st.sampled_from(ALONE)
)


@st.composite
def _list(draw: st.DrawFn) -> str:
    mark = draw(st.sampled_from(["- ", "1. ", "* "]))
    items = draw(st.lists(text, min_size=1, max_size=6))
    gap = draw(st.sampled_from(["\n", "\n\n"]))
    return gap.join(mark + item for item in items)


@st.composite
def _table(draw: st.DrawFn) -> str:
    columns = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(words, min_size=columns, max_size=columns), min_size=1, max_size=30))
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * columns, *lines[1:]])


@st.composite
def _code(draw: st.DrawFn) -> str:
    language = draw(st.sampled_from(["", "python", "c", "rust", "html", "unknown"]))
    body = draw(
        st.lists(
            st.sampled_from(['"""doc', "x = 1  # c", "/* open", "close */", "", "\tdef f():", "a" * 130]),
            max_size=8,
        )
    )
    return "\n".join([f"```{language}", *body, "```"])


definition = st.builds(
    lambda label, gap, address, title: f"[{label}]:{gap}{address}{title}",
    st.sampled_from(["a", "B", "long label", "1", "\u1e9e", "^2"]),
    st.sampled_from(["", " ", "\t", "\n", " \n  "]),
    st.sampled_from(["http://u", "<a b>", "/p?q=\u4e2d", "javascript:x", "x" * 300]),
    st.sampled_from(["", " 't'", '\n"two\nlines"', "\n (t)", "\t't' "]),
)

block = st.one_of(text, _list(), _table(), _code(), st.lists(line, max_size=8).map("\n".join))
documents = st.lists(block, max_size=7).map("\n\n".join)
confusing = st.lists(line, max_size=25).map("\n".join)
markdown = st.one_of(documents, confusing)


@st.composite
def cut_texts(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A text, and the same text in pieces."""
    whole = draw(markdown)
    cuts = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=12)))
    edges = [0, *cuts, len(whole)]
    return whole, [whole[start:end] for start, end in pairwise(edges)]
