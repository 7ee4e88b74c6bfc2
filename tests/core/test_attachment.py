"""Attachments: texts and images, recognised by content, with limits and one-line descriptions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import images
from tui.core.attachment import (
    IMAGE_LIMIT,
    TEXT_LIMIT,
    attached,
    attachment_lines,
    estimated_tokens,
    read_attachment,
    size_words,
    split_lines,
)
from tui.core.failure import UsageError
from tui.core.image_facts import image_pixels, image_type
from tui.core.parts import FilePart, ImagePart, Parts, TextPart
from tui.core.safe_text import safe_line


def cause_of(name: str, data: bytes, lines: tuple[int, int] | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        read_attachment(name, data, lines)
    return caught.value.failure.cause


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (images.png(), "image/png"),
        (images.jpeg(), "image/jpeg"),
        (images.gif(), "image/gif"),
        *((images.webp(kind), "image/webp") for kind in (b"VP8X", b"VP8L", b"VP8 ")),
    ],
    ids=["png", "jpeg", "gif", "webp-x", "webp-l", "webp"],
)
def test_a_picture_is_known_by_its_bytes_whatever_its_name_and_sent_as_it_is(
    data: bytes, media_type: str
) -> None:
    found = read_attachment("notes.txt", data)
    assert isinstance(found.part, ImagePart)
    assert (found.part.media_type, found.part.pixels, found.part.size) == (media_type, (64, 48), len(data))
    assert found.data == data
    assert attachment_lines(Parts((found.part,))) == [f"[image 1 · 64×48 · {len(data)} bytes]"]


@given(
    st.sampled_from([images.png(), images.jpeg(), images.gif(), images.webp(), b"RIFF"]),
    st.binary(),
    st.data(),
)
def test_no_bytes_break_the_look_at_a_picture(whole: bytes, noise: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(whole)))
    for found in (whole[:cut], whole[:cut] + noise, noise):
        image_type(found)
        pixels = image_pixels(found)
        assert pixels is None or all(pixels)


def test_a_text_is_sent_whole_or_by_lines() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 101))
    whole = read_attachment("a.log", text.encode())
    assert isinstance(whole.part, FilePart)
    assert (whole.data.decode(), whole.part.lines, whole.part.count) == (text, None, 100)
    some = read_attachment("a.log", text.encode(), (40, 42))
    assert isinstance(some.part, FilePart)
    assert some.data == b"line 40\nline 41\nline 42\n"
    assert (some.part.lines, some.part.count) == ((40, 42), 3)
    beyond = read_attachment("a.log", text.encode(), (99, 500))
    assert isinstance(beyond.part, FilePart)
    assert beyond.part.lines == (99, 100), "the lines that there are"
    bare = read_attachment("b", b"\xef\xbb\xbfone\r\ntwo")
    assert isinstance(bare.part, FilePart)
    assert (bare.data, bare.part.count) == (b"one\r\ntwo", 2)


def test_some_lines_of_a_text_may_be_attached_that_is_too_large_as_a_whole() -> None:
    data = b"0123456789\n" * 30_000
    assert cause_of("big.log", data) == "attachment-too-large"
    assert read_attachment("big.log", data, (7, 8)).data == b"0123456789\n" * 2
    assert cause_of("big.log", data, (1, 30_000)) == "attachment-too-large"
    assert len(read_attachment("fits.log", b"x" * TEXT_LIMIT).data) == TEXT_LIMIT
    assert cause_of("photo.png", images.png() + bytes(IMAGE_LIMIT)) == "attachment-too-large"


@pytest.mark.parametrize(
    "data",
    [
        b"\x7fELF\x02\x01\0\0",
        "Gr\u00fc\u00dfe".encode("latin-1"),
        "text".encode("utf-16"),
        b"%PDF-1.7\n\xe2\xe3",
    ],
)
def test_what_is_neither_text_nor_picture_is_refused(data: bytes) -> None:
    assert cause_of("a.bin", data) == "attachment-binary"


def test_lines_that_are_not_there_and_empty_files_are_refused() -> None:
    assert cause_of("a", b"one\ntwo\n", (3, 4)) == "attachment-lines"
    assert cause_of("a", b"one\ntwo\n", (2, 1)) == "attachment-lines"
    assert cause_of("a", b"one\n", (0, 0)) == "attachment-lines"
    assert cause_of("a", b"") == "attachment-unreadable"


def test_a_message_has_each_file_once_and_not_too_many() -> None:
    one, two = read_attachment("a", b"x"), read_attachment("b", b"x")
    found = attached([one, two, one])
    assert [part.name for part in found.parts] == ["a", "b"]
    assert found.message("Why?") == (TextPart("Why?"), one.part, two.part)
    assert found.blobs == {one.part.sha256: b"x"}
    many = [read_attachment(str(number), b"x%d" % number) for number in range(101)]
    with pytest.raises(UsageError) as caught:
        attached(many)
    assert caught.value.failure.cause == "attachment-too-many"
    large = [read_attachment(str(number), images.png(number + 1) + bytes(18_000_000)) for number in range(2)]
    with pytest.raises(UsageError) as caught:
        attached(large)
    assert caught.value.failure.cause == "input-too-large"


def test_a_line_tells_of_each_thing_and_commands_nothing() -> None:
    conf = read_attachment("deploy/nginx.conf", b"proxy_buffering on;\n" * 62, (12, 40)).part
    photo = ImagePart("0" * 64, "a.png", "image/png", 81_234, (640, 480))
    odd = read_attachment("a\n\x1b[2J\u202e.txt", b"x").part
    prompt = Parts((TextPart("Why?"), conf, photo, photo, odd))
    assert attachment_lines(prompt) == [
        "[deploy/nginx.conf:12-40 29 lines · ~145 tok]",
        "[image 1 · 640×480 · 81 kB]",
        "[image 2 · 640×480 · 81 kB]",
        f"[{safe_line(odd.name)} 1 line · ~1 tok]",
    ]
    assert not {"\n", "\x1b", "\u202e"} & set(odd.name)
    assert estimated_tokens(prompt) == 1 + 145 + 1, (
        "pictures are not counted: each model does it in its own way"
    )


@pytest.mark.parametrize(
    ("size", "words"),
    [(7, "7 bytes"), (81_234, "81 kB"), (999_499, "999 kB"), (1_234_567, "1.2 MB"), (20_971_520, "21 MB")],
)
def test_a_size_is_told_in_the_unit_that_fits(size: int, words: str) -> None:
    assert size_words(size) == words


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("a.py:40-90", ("a.py", (40, 90))),
        ("a.py:7", ("a.py", (7, 7))),
        ("C:a:1-2", ("C:a", (1, 2))),
        ("a.py", None),
        ("a.py:x", None),
        (":3", None),
    ],
)
def test_lines_stand_behind_the_path(reference: str, found: tuple[str, tuple[int, int]] | None) -> None:
    assert split_lines(reference) == found
