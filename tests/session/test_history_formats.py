"""Exporting and importing gives the same conversation, whatever its content."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tui.session.history import shown_markdown
from tui.session.history.formats import FORMATS
from tui.session.history.html_export import to_html
from tui.session.history.incoming import Incoming
from tui.session.history.reading import read_conversations
from tui.store.joined_records import SavedConversation
from tui.store.merged_lines import merged_lines
from tui.store.record_values import Record
from tui.store.records import encode_line
from tui.store.transcript_file import Transcript, read_transcript

IDENTITY = "20260101-000000-0123456789ab"
NOW = "2026-05-05T00:00:00+00:00"
PIECES = (
    "---", "mark: lmdeck-0", "lmdeck-0", "<!-- lmdeck-0 end -->", "<!-- lmdeck-0 turn {} -->", "-->", "<!--",
    "```", "````", "~~~", "```python", "`", "``", "\\`", "> ", ">", "# ", "    ", "\t", "\n", "\r\n", "\r",
    "\n\n", "</details>", "<details>", "<script>alert(1)</script>", "<b>", "&lt;", "&amp;", "</pre>",
    "<![CDATA[", "<?x", "title: x", "\x1b[2J", "\x00", "\x85", "\u2028", "\u202e", "\ud83d", "\ude00",
    "\udce9", "\ufeff", "e\u0301" * 12, "[x](javascript:alert(1))", "*", "_", "|", "\\", '"', "{", "}",
    "日本語", " ",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(st.characters(), max_size=8), max_size=8).map("".join)
NAMES = st.text(st.characters(), min_size=1, max_size=8)
FIGURES = st.fixed_dictionaries(
    {},
    optional={
        "usage": st.just({"prompt_tokens": 3, "completion_tokens": 5, "source": "estimated"}),
        "cost": st.just({"input": "0.00010", "output": "2", "currency": "EUR", "source": "reported"}),
        "timings": st.just({"first_text": 0.25, "ended": 1e-05}),
        "finish_reason": TEXTS,
        "notes": st.lists(TEXTS, min_size=1, max_size=2),
        "tool_calls": st.just({"0": ["f", '{"-->": 1}']}),
        "failure": TEXTS.map(
            lambda text: {
                "cause": "auth", "title": text, "advice": text, "status": None, "server_message": None,
                "facts": {}, "chain": [],
            }
        ),
        "of_a_newer_version": TEXTS,
    },
)  # fmt: skip


@st.composite
def journals(draw: st.DrawFn) -> bytes:
    """Draw a conversation with branches, answers in pieces, and turns that were interrupted."""
    records: list[Record] = [
        {"record": "header", "schema": 2, "identity": IDENTITY, "title": draw(TEXTS), "created_at": NOW}
    ]
    names: list[str] = []
    for name in draw(st.lists(NAMES, max_size=5, unique=True)):
        before: list[str | None] = [None, *names, *names[-1:] * 3]
        follows = draw(st.sampled_from(before))
        names.append(name)
        settings = draw(st.sampled_from([{}, {"settings": {"system_prompt": "Be short.", "seed": 1}}]))
        begin: Record = {"record": "turn", "turn": name, "prompt": draw(TEXTS), "parent": follows}
        records.append(
            {**begin, "provider": draw(TEXTS), "model": draw(TEXTS), "started_at": NOW, **settings}
        )
        for kind in ("reasoning", "answer"):
            for text in draw(st.lists(TEXTS, max_size=3)):
                records.append({"record": "delta", "turn": name, "kind": kind, "text": text})
        if draw(st.booleans()):
            records.append(
                {"record": "reclassify", "turn": name, "kind": draw(st.sampled_from(["answer", "reasoning"]))}
            )
        if draw(st.integers(0, 4)):
            state = draw(st.sampled_from(["done", "stopped", "failed"]))
            records.append(
                {
                    "record": "end",
                    "turn": name,
                    "state": state,
                    "provider": "p",
                    "model": "m",
                    **draw(FIGURES),
                }
            )
    if draw(st.booleans()) and names:
        records.append({"record": "path", "turn": draw(st.sampled_from(names))})
    if draw(st.booleans()):
        records.append({"record": "title", "title": draw(TEXTS)})
    return b"".join(map(encode_line, records))


def opened(data: bytes) -> SavedConversation:
    return SavedConversation.of(IDENTITY, data, lambda text: text)


def again(saved: SavedConversation, how: str) -> tuple[Incoming, SavedConversation]:
    """Export and import, as a file has it."""
    data = FORMATS[how].text([saved]).encode()  # no surrogate: it can be written
    (incoming,) = read_conversations(data.decode(), "")
    assert isinstance(incoming, Incoming)
    return incoming, opened(b"".join(map(encode_line, incoming.records)))


def plain(records: tuple[Record, ...]) -> list[Record]:
    return [{name: value for name, value in record.items() if name != "copy"} for record in records]


def turns(found: Transcript) -> list[Any]:
    """Return all that the shown turns are, but for what an import changes: they are copies."""
    names = (
        "identity", "prompt", "provider", "model", "started_at", "state", "usage", "cost", "timings",
        "finish_reason",         "notes", "tool_calls", "failure", "settings", "unknown",
    )  # fmt: skip
    return [
        ([getattr(turn, name) for name in names], turn.reasoning.text, turn.answer.text)
        for turn in found.turns
    ]


@given(journals())
def test_the_whole_formats_bring_everything_back(data: bytes) -> None:
    before = opened(data)
    for how in ("json", "jsonl"):
        incoming, after = again(before, how)
        assert incoming.identity == IDENTITY
        assert plain(after.records) == plain(before.records), how
        assert turns(after.transcript) == turns(before.transcript)
        assert after.transcript.title == before.transcript.title
        assert [turn.identity for turn in after.transcript.dropped] == [
            turn.identity for turn in before.transcript.dropped
        ]


@given(journals())
def test_a_page_brings_the_shown_branch_back(data: bytes) -> None:
    before = opened(data)
    incoming, after = again(before, "md")
    assert incoming.identity == IDENTITY
    assert turns(after.transcript) == turns(before.transcript)
    assert after.transcript.title == before.transcript.title
    assert after.transcript.created_at == before.transcript.created_at
    assert again(after, "md")[1].records == after.records


@given(journals())
def test_a_page_that_an_editor_gave_other_line_ends_is_the_same(data: bytes) -> None:
    before = opened(data)
    page = FORMATS["md"].text([before])
    (incoming,) = read_conversations(page.replace("\n", "\r\n"), "")
    assert isinstance(incoming, Incoming)
    assert turns(opened(b"".join(map(encode_line, incoming.records))).transcript) == turns(before.transcript)


@given(journals())
def test_messages_bring_prompts_and_answers_back(data: bytes) -> None:
    before = opened(data)
    if not any(turn.answer for turn in before.transcript.turns):
        assert FORMATS["openai"].text([before]) == ""
        return
    _, after = again(before, "openai")

    def said(found: Transcript) -> list[tuple[str, str]]:
        return [(turn.prompt.text, turn.answer.text) for turn in found.turns if turn.answer]

    assert said(after.transcript) == said(before.transcript)


@given(journals())
def test_a_journal_that_is_joined_tells_the_same(data: bytes) -> None:
    before, after = read_transcript(data), opened(data).transcript

    def all_of(found: Transcript) -> list[str]:
        return sorted(turn.identity for turn in (*found.turns, *found.dropped))

    assert [turn.identity for turn in after.turns] == [turn.identity for turn in before.turns]
    assert [turn.state for turn in after.turns] == [turn.state for turn in before.turns]
    assert all_of(after) == all_of(before)


@given(journals(), st.integers(0, 40), st.binary(max_size=3))
def test_a_journal_of_merged_lines_is_read_the_same(data: bytes, cut: int, damage: bytes) -> None:
    """Torn in a line, with what another program put there, and continued."""
    for found in (data, data[: len(data) - cut], data[: len(data) - cut] + damage + b"\n" + data):
        before, after = read_transcript(found), read_transcript(merged_lines(found))
        assert everything(after) == everything(before)


def test_pieces_are_merged_and_nothing_else_is() -> None:
    piece = b'{"record":"delta","turn":"a","kind":"answer","text":"%s"}'
    other = b'{"record":"delta","turn":"b","kind":"answer","text":"x"}'
    more = b'{"record":"delta","turn":"a","kind":"answer","text":"x","of":"later"}'
    turn = b'{"record":"turn","turn":"a","prompt":"x"}'
    merged = merged_lines(b"\n".join([turn, piece % b"1", piece % rb"\"2", other, piece % b"3", more, b""]))
    assert merged.split(b"\n") == [turn, piece % rb"1\"2", other, piece % b"3", more, b""]


def everything(found: Transcript) -> list[Any]:
    """Return what is read, characters whole whose halves stood in two pieces."""
    every = (*found.turns, *found.dropped)
    texts = [turn.identity + turn.prompt.text + turn.reasoning.text + turn.answer.text for turn in every]
    states = [(turn.identity, turn.state, turn.parent) for turn in found.turns]
    return [states, json.loads(json.dumps(texts))]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)


def tags_of(page: str) -> set[str]:
    parser = _Tags()
    parser.feed(page)
    parser.close()
    return parser.found


@given(journals())
def test_no_text_is_markup_of_the_html_page(data: bytes) -> None:
    page = to_html(opened(data))
    page.encode()
    assert tags_of(page) <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "section", "pre", "details",
        "summary",
    }  # fmt: skip
    assert not {"\x1b", "\x00", "\u202e"} & set(page)


@given(TEXTS)
def test_no_tag_of_a_text_reaches_the_reader_of_a_markdown_page(text: str) -> None:
    for shown in (shown_markdown.answer(text), shown_markdown.quoted(text)):
        tokens = [
            inner
            for token in MarkdownIt("commonmark").parse(shown)
            for inner in (token, *(token.children or ()))
        ]
        assert not [token.content for token in tokens if token.type.startswith("html")]


@given(TEXTS)
def test_a_text_ends_whatever_it_opened(text: str) -> None:
    for shown in (shown_markdown.answer(text), shown_markdown.quoted(text)):
        tokens = MarkdownIt("commonmark").parse(f"{shown}\n\n<!-- x -->\n\n## Next\n")
        assert [token.content for token in tokens if token.type == "html_block"] == ["<!-- x -->\n"]
        assert tokens[-2].content == "Next"
