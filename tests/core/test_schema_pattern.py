"""Patterns of a schema have the semantics of ECMA-262, not Python."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.schema_pattern import compiled, is_match


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("^[0-9]{3}$", "123", "123\n"),
        (r"^\d$", "3", "\u0663"),
        (r"^\D$", "\u0663", "3"),
        (r"^[\w]$", "_", "\u00e9"),
        (r"^[^\w]$", "\u00e9", "a"),
        (r"^\s$", "\ufeff", "\x1c"),
        (r"^[^\S\n]$", "\u00a0", "\n"),
        (r"^[\s\S]$", "\n", ""),
        (r"^[^\s]$", "\x1c", "\u2003"),
        ("^.$", "\x85", "\u2028"),
        (r"^\p{L}+$", "Zoë", "Zo3"),
        (r"^[\p{Lu}' -]+$", "Ä-B 'C", "ä"),
        (r"^\P{Letter}$", "3", "ä"),
        (r"^[^\P{Nd}]$", "\u0663", "x"),
        ("^(?<year>[0-9]{4})-\\k<year>$", "2024-2024", "2024-2023"),
        (r"^\u{1F600}$", "😀", "u"),
        (r"^[\u{41}-\u{43}]$", "B", "D"),
        (r"^\ud83d\ude00$", "😀", "\ud83d"),
        (r"^\cJ$", "\n", "J"),
        (r"^a\/b$", "a/b", "a\\/b"),
        (r"^\$[$]$", "$$", "$"),
        ("^[]$", None, "]"),
        ("^[^]$", "\n", ""),
        ("^[[a&&b]$", "[", "c"),
        ("^[(?<+]+$", "(?<+", "P"),
        ("^a{,3}$", "a{,3}", "aa"),
        ("^a{1,2}?$", "aa", "aaa"),
        ("^[+]+$", "++", "a"),
        (r"^\++$", "++", "a"),
        ("(?<!a)b", "cb", "ab"),
        ("(?<=a)b", "ab", "cb"),
        (r"^[\w-.]$", "-", ","),
        (r"^[\s-]$", "-", "a"),
        ("^[+--]$", ",", "."),
        ("^[--/]$", ".", "0"),
        ("^[a-c-e]$", "-", "d"),
        ("^[-a]$", "-", "b"),
        ("^[a-]$", "-", "b"),
        (r"^[\]\-\[]$", "]", "\\"),
        ("x", "axa", "a"),
    ],
)
def test_a_pattern_means_what_it_means_in_ecma_262(pattern: str, matching: str | None, other: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compiled.cache_clear()
        assert matching is None or is_match(pattern, matching)
        assert not is_match(pattern, other)


@pytest.mark.parametrize(
    "pattern",
    [
        "(", "[", "[.", r"[a\]", "[0--]", r"[a-\d]",
        "a**", "\\", r"\p{Script=Greek}", r"\p{Nonsense}", r"\u{110000}", r"\a", r"\Aa", r"a\Z",
        "(?P<n>a)", "(?i)a", "(?#a)", "(?>a)", "a*+", "a{2}+", "(?<=a+)b", r"\k<n>",
    ],
)  # fmt: skip
def test_what_is_no_pattern_or_what_python_cannot_run_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError):
        compiled(pattern)


@given(st.text(st.sampled_from("()[]{}?*+^$|.\\<>=!:,-09adDwWsSpPuUkcbBLxZ&~#\n"), max_size=12))
def test_any_text_is_a_pattern_or_refused(pattern: str) -> None:
    try:
        compiled(pattern)
    except ValueError:
        return
    is_match(pattern, "a" * 5)
