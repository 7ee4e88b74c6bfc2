"""The incremental block parser agrees with markdown-it's parse of the whole text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.transcript.markdown_strategies import definition, markdown
from tests.transcript.markdown_trace import Reader, Trace, our_trace, with_texts
from tui.ui.transcript.blocks import NESTING_LIMIT
from tui.ui.transcript.grammar import delimiter_row

QUOTE, END = ("quote",), ("end",)
ITEM, NEXT = ("item", None, False), ("item", None, True)


def words(text: str) -> str:
    return " ".join(text.split())


def even(trace: Trace) -> Trace:
    """Return a trace without the differences that are none: how literal lines are indented."""
    return [
        ("literal", "\n".join(map(words, entry[1].split("\n")))) if entry[0] == "literal" else entry
        for entry in trace
    ]


def ours(text: str) -> Trace:
    return even(with_texts(our_trace(text)[0], words))


def theirs(text: str) -> Trace:
    parser = MarkdownIt("commonmark").enable(["table"])
    return even(Reader(lambda token: words(token.content)).read(parser.parse(text + "\n")))


def is_read_otherwise(text: str) -> bool:
    """Whether the two are known to read a text in different ways, ours being the specification's or meant so.

    Formulas and pipes inside of code are ours to treat. markdown-it ends a paragraph of definitions at marks
    that do not end a paragraph, and miscounts columns behind ``>``. In a line that is indented by four
    columns, but less than the item before it, it begins a block, where the specification has a lazy line.
    """
    return (
        re.search(r"(^|\n)[ >*+\-\d.)\t]*(\$\$|\[r\]:)", text) is not None
        or ("`" in text and "|" in text)
        or (">" in text and ("\t" in text or "    " in text))
        or re.search(r"[>*+.)-][^\n]*\|[^\n]*\n *[|:-]", text) is not None
        or re.search(r"(^|\n)(?=.{5})[ \t]*([-+*]|\d+[.)])[ \t]+\S.*\n {4,}(`{3}|~{3}|#)", text) is not None
        or re.search(r"(^|\n)[ \t>]*([-+*]|\d+[.)])[ \t]*\n[ \t]*\n", text) is not None
    )


@pytest.mark.slow
@given(markdown)
@example("- a\n  - b\n\n    c\n- d")
@example("1. a\n2. b\n\n   ```\n   x\n   ```\n3. c")
@example("> a\nlazy\n> - b\nlazy\n\nend")
@example("a\n---\nb\n===\n- c\n---")
@example("| a | b |\n|---|---|\n| 1 | 2 |\n- x")
@example("a | b\n-|-\n\n    code\n\n    more")
@settings(max_examples=250)
def test_structure_is_that_of_the_whole_text(text: str) -> None:
    assume(not is_read_otherwise(text))
    assert ours(text) == theirs(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "-\tfirst\n-\tsecond",
            [ITEM, "first", END, NEXT, "second", END],
        ),
        ("1.\tone\n2)\ttwo", [("item", 1, False), "one", END, ("item", 2, False), "two", END]),
        ("-\t\tcode", [ITEM, ("code", "", "  code\n"), END]),
        (">>\t   code", [QUOTE, QUOTE, ("code", "", "code\n"), END, END]),
        (
            ">>+\t\tcode",
            [QUOTE, QUOTE, ITEM, ("code", "", "code\n"), END, END, END],
        ),
        (">>-\t   text", [QUOTE, QUOTE, ITEM, "text", END, END, END]),
        (">> a\n    1.", [QUOTE, QUOTE, "a 1.", END, END]),
        (">\n\t>", [QUOTE, END, ("code", "", ">\n")]),
        ("-\n\n\n-", [ITEM, END, NEXT, END]),
        ("    a\n      \n\n    b", [("code", "", "a\n  \n\nb\n")]),
        ("a\n\x0c\nb\n\u00a0\nc\n\u3000\nd", ["a b c d"]),
        ("a\n \t \nb", ["a", "b"]),
        ("#\u00a0a\n\n-\u00a0b\n\n```\n\u00a0```", ["# a", "- b", ("code", "", "\u00a0```\n")]),
        ("<!-- a\n\nb -->\n*c*", [("literal", "<!-- a\n\nb -->"), "*c*"]),
        ("<pre>\n\n*a*\n\n</pre>\nb", [("literal", "<pre>\n\n*a*\n\n</pre>"), "b"]),
        ("<div>\na\n\n*b*", [("literal", "<div>\na"), "*b*"]),
        ("<b>\na\n\n*b*", [("literal", "<b>\na"), "*b*"]),
        ("a\n<b>\nc", ["a <b> c"]),
        ("<answer>\n**a**\n```\nb\n```\n</answer>", ["<answer> **a**", ("code", "", "b\n"), "</answer>"]),
        ("<!DOCTYPE a\n\nb>\nc", [("literal", "<!DOCTYPE a\n\nb>"), "c"]),
        ("- <!-- a\n\n  b\n\nc", [ITEM, ("literal", "<!-- a\n\nb\n"), END, "c"]),
    ],
)
def test_blocks_are_those_of_the_specification(text: str, expected: list[Any]) -> None:
    assert ours(text) == [("paragraph", entry) if isinstance(entry, str) else entry for entry in expected]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("[1]:\nhttps://a.b/c", []),
        ("[1]:\n  https://a.b/c\n  'A title'", []),
        ('[1]: https://a.b/c\n"A\ntitle"', []),
        ("[1]: <https://a.b/c>\n(title)\nand text", ["and text"]),
        ("> [1]:\n> https://a.b/c", [QUOTE, END]),
        (
            "- [1]:\n  https://a.b/c\n- x",
            [ITEM, END, NEXT, "x", END],
        ),
    ],
)
def test_definitions_of_several_lines_are_no_text(text: str, rest: list[Any]) -> None:
    trace, references = our_trace(text)
    assert references["1"][0] == "https://a.b/c"
    assert with_texts(trace, words) == [
        ("paragraph", entry) if isinstance(entry, str) else entry for entry in rest
    ]


def test_a_long_paragraph_of_definitions_is_no_text() -> None:
    text = "\n".join(f"[{number}]:\nhttps://host/{number}\n'title {number}'" for number in range(400))
    trace, references = our_trace(text + "\nthe end")
    assert trace == [("paragraph", "the end")]
    assert references["0"] == ("https://host/0", "title 0")
    assert references["399"] == ("https://host/399", "title 399")


@given(st.lists(definition, min_size=1, max_size=40), st.booleans())
def test_definitions_are_those_of_the_whole_text(definitions: list[str], is_apart: bool) -> None:
    text = ("\n\n" if is_apart else "\n").join(definitions)
    environment: dict[str, Any] = {}
    parser = MarkdownIt("commonmark")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.parse(text, environment)
    trace, references = our_trace(text)
    expected = {label: (entry["href"], entry["title"]) for label, entry in environment["references"].items()}
    assert references == expected
    assert trace == []


def test_containers_beyond_the_limit_are_text() -> None:
    trace = ours("> " * 500 + "deep")
    assert trace.count(("quote",)) == NESTING_LIMIT - 1
    assert trace[NESTING_LIMIT - 1][0] == "paragraph"


def test_a_delimiter_row_says_how_columns_are_aligned() -> None:
    assert delimiter_row("|:--|:-:|--:|---|") == ("left", "center", "right", "")
    assert delimiter_row("| a |") is None
