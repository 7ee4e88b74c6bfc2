"""The real client with malformed responses; ``tests/fuzz`` runs longer."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.fuzz.client_run import judge, run_some
from tests.fuzz.responses import KEY
from tui.core.causes import explain
from tui.core.failure import Failure

FAILURE = explain("server-error", status=500, server_message="boom")


def test_every_call_ends_with_safe_words_and_leaves_a_turn_to_others() -> None:
    seed = random.SystemRandom().getrandbits(32)  # told with what was found
    run_some(20, random.Random(seed))


@pytest.mark.parametrize(
    "failure",
    [
        replace(FAILURE, cause="unheard-of"),
        replace(FAILURE, server_message="\x1b[2J"),
        replace(FAILURE, facts={"reason": "\x80"}),
        replace(FAILURE, chain=(f"Error: {KEY}",)),
    ],
)
def test_the_properties_can_fail(failure: Failure) -> None:
    judge(FAILURE)
    with pytest.raises(AssertionError):
        judge(failure)


def test_what_a_server_wrote_commands_no_terminal_wherever_it_stands() -> None:
    failure = explain(
        "bad-encoding",
        server_message="a\x1b[2J",
        chain=("BadEncoding: \x80\ud800",),
        reason="\x9b2J",
        path="/a",
    )
    judge(failure)
    assert failure.facts["path"] == "/a"
