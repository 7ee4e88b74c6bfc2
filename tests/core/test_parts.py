"""The parts of a message, and their plain-text form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.parts import FilePart, ImagePart, Part, Parts, TextPart, parts_of

HASH = "0" * 64


@given(st.text())
def test_a_text_is_one_part_and_reads_as_it_is(text: str) -> None:
    parts = parts_of(text)
    assert parts.text == text
    assert len(parts) == bool(text)
    assert parts_of(parts) is parts
    assert not parts.blobs


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (ImagePart(HASH, "plot.png", "image/png", 7), "[plot.png]"),
        (ImagePart(HASH, media_type="image/png"), "[image/png]"),
        (FilePart(HASH, "deploy/nginx.conf", "text/plain", 7), "[deploy/nginx.conf]"),
        (FilePart(HASH, "deploy/nginx.conf", lines=(12, 40)), "[deploy/nginx.conf:12-40]"),
        (FilePart(HASH), "[file]"),
    ],
)
def test_everything_else_reads_as_a_mark_on_its_own_line(part: ImagePart | FilePart, text: str) -> None:
    found: list[Part] = [TextPart("Why?"), part]
    assert parts_of(found) == (TextPart("Why?"), part)
    assert parts_of(found).text == f"Why?\n{text}"
    assert Parts((part,)).text == text
    assert parts_of(found).blobs == [part]
