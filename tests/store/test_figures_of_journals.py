"""The figures of a journal are the same with and without reading its texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.store.records import delta_record, encode_line, header_record
from tui.store.transcript_file import read_transcript

TURNS = st.sampled_from(["a", "b", "ab"])
PIECES = st.builds(
    delta_record,
    TURNS,
    st.sampled_from(["answer", "reasoning"]),
    st.sampled_from(["y", "x", '"}', '\\"}', "\n"]),
).map(encode_line)
RECORDS = st.one_of(
    TURNS.map(lambda turn: encode_line({"record": "turn", "turn": turn, "prompt": "Why?"})),
    TURNS.map(lambda turn: encode_line({"record": "end", "turn": turn, "state": "done"})),
    TURNS.map(lambda turn: encode_line({"record": "path", "turn": turn})),
)
DAMAGE = st.sampled_from(
    [b"\xff\n", b'{"record":"delta","turn":"a"\n', b'{"record":"delta","turn":7}\n', b"\n"]
)


@given(st.lists(st.one_of(PIECES, PIECES, RECORDS, DAMAGE), max_size=20))
def test_skipped_texts_change_no_figure(lines: list[bytes]) -> None:
    data = b"".join((encode_line(header_record("i", "", "")), *lines))
    read, skipped = read_transcript(data), read_transcript(data, without_texts=True)
    assert [turn.identity for turn in skipped.turns] == [turn.identity for turn in read.turns]
    assert [turn.identity for turn in skipped.dropped] == [turn.identity for turn in read.dropped]
    assert skipped.bad_lines == read.bad_lines
