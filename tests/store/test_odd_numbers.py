"""Impossible numbers in a journal are unknown, and break nothing."""

from __future__ import annotations

import pytest

from tui.core.answer_figures import answer_figures
from tui.core.turn_summary import turn_summary
from tui.store.conversations import ConversationStore
from tui.store.paths import Paths
from tui.store.transcript_file import read_transcript

HUGE = "1" + "0" * 400
HEADER = (
    '{"record":"header","schema":2,"identity":"%s","title":"t","created_at":"2026-01-01T00:00:00+00:00"}\n'
)
TURN = '{"record":"turn","turn":"a","prompt":"hi","parent":null,"started_at":"2026-01-01T00:00:00+00:00"}\n'
TEXT = '{"record":"delta","turn":"a","kind":"answer","text":"x"}\n'
VALUES = ("1e999", "-1e999", "NaN", "-1", HUGE, "true", '"12"')
FIELDS = (
    '"server_timings":{"predicted_tokens":%s,"prompt_ms":%s,"predicted_per_second":%s}',
    '"usage":{"prompt_tokens":%s,"completion_tokens":%s,"source":"reported"}',
    '"timings":{"first_text":%s,"last_text":%s,"ended":%s,"text_events":%s}',
    '"thinking_seconds":%s',
    '"phases":[{"name":"connect","ms":%s,"source":"here"}]',
    '"malformed_events":%s',
)


def journal(identity: str, field: str, value: str) -> str:
    end = '{"record":"end","turn":"a","state":"done",' + field.replace("%s", value) + "}\n"
    return HEADER % identity + TURN + TEXT + end


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:8])
def test_an_impossible_number_is_unknown(paths: Paths, field: str, value: str) -> None:
    (turn,) = read_transcript(journal("bad", field, value).encode()).turns
    assert turn.thinking_seconds is None
    assert turn.timings.ended is None
    assert turn.server_timings is None or turn.server_timings.predicted_tokens is None
    assert turn.usage is None or turn.usage.prompt_tokens is None
    assert turn.phases == ()
    assert turn.malformed_events == 0
    answer_figures(turn)
    turn_summary(turn)
    paths.conversations_dir.mkdir(parents=True, mode=0o700)
    (paths.conversations_dir / "bad.jsonl").write_text(journal("bad", field, value))
    (paths.conversations_dir / "good.jsonl").write_text(journal("good", field, "1"))
    store = ConversationStore(paths)
    assert {summary.identity for summary in store.listing.all()} == {"bad", "good"}
    assert {summary.identity for summary in store.listing.recent(5).newest} == {"bad", "good"}
    opened = store.open("bad")
    assert opened.turns[0].answer.text == "x"
    assert opened.journal is not None
    opened.journal.close()
    assert store.fork("bad").turns[0].answer.text == "x"
