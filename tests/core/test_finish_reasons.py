"""Finish reasons of all servers: known ones have one meaning each, others are reported as unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.finish_reasons import FAILURES, Ending, ending_of, ending_words, failure_words
from tui.texts import answers


@pytest.mark.parametrize(
    ("reason", "ending"),
    [
        (None, Ending.COMPLETE),
        ("stop", Ending.COMPLETE),
        ("STOP", Ending.COMPLETE),
        ("tool-calls", Ending.CALL),
        ("MAX_TOKENS", Ending.CUT),
        ("model_context_window_exceeded", Ending.CUT),
        ("sensitive", Ending.FILTERED),
        ("content_filter: PROHIBITED_CONTENT", Ending.FILTERED),
        ("guardrail_intervened", Ending.FILTERED),
        ("network_error", Ending.FAILED),
        ("function_call_filter: MALFORMED_FUNCTION_CALL", Ending.FAILED),
        ("insufficient_system_resource", Ending.OVERLOADED),
        ("repetition", Ending.STOPPED),
        ("pause_turn", Ending.STOPPED),
        ("canceled", Ending.FAILED),
        ("language", Ending.UNKNOWN),
        ("", Ending.UNKNOWN),
    ],
)
def test_the_words_of_servers_are_understood(reason: str | None, ending: Ending) -> None:
    assert ending_of(reason) is ending


@given(
    st.text(max_size=30)
    | st.sampled_from([*FAILURES, "content_filter: SAFETY", "stop", "length", "repetition"])
)
def test_only_a_failure_has_words_of_its_own(reason: str) -> None:
    ending = ending_of(reason)
    assert bool(failure_words(reason)) == (ending is Ending.FAILED)
    assert bool(ending_words(reason)) == (
        ending in (Ending.CALL, Ending.CUT, Ending.STOPPED, Ending.FILTERED)
    )


def test_what_made_a_server_stop_is_named() -> None:
    assert ending_words("repetition") == answers.REPEATED_ITSELF
    assert ending_words("pause_turn") == answers.STOPPED_EARLY


def test_a_filter_is_named() -> None:
    assert ending_words("content_filter: PROHIBITED_CONTENT") == answers.FILTERED
