"""Plural forms."""

from __future__ import annotations

import pytest

from tui.core.counted import Counted


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 turns"),
        (1, "1 turn"),
        (2, "2 turns"),
        (1234, "1,234 turns"),
        ("1", "1 turn"),
        ("~1", "~1 turn"),
        ("11", "11 turns"),
        ("—", "— turns"),
    ],
)
def test_it_chooses_the_form(number: int | str, text: str) -> None:
    assert f"{Counted(number):turn|turns}" == text


def test_without_forms_it_is_the_number() -> None:
    assert f"{Counted(1234)} of {Counted('~5')}" == "1,234 of ~5"
