"""Error messages that are nested deeply, or in fields that few servers use."""

from __future__ import annotations

import json

import pytest

from tests.wire.replies import EVENT_STREAM, read_reply
from tui.wire.error_body import read_error_body

INNER = "The worker gpu-7 holds the device already"


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "Upstream failed", "cause": {"message": INNER}}},
        {"error": {"message": "Upstream failed", "innererror": {"message": INNER, "code": "x"}}},
        {"error": {"message": "Upstream failed", "details": [{"reason": "X"}, {"detail": INNER}]}},
        {"error": {"message": "Upstream failed", "cause": {"caused_by": {"msg": INNER}}}},
        {"error": "Upstream failed", "details": INNER},
    ],
)
def test_the_cause_inside_an_error_comes_first(body: object) -> None:
    assert read_error_body(json.dumps(body)).message == f"{INNER} (Upstream failed)"


@pytest.mark.parametrize(
    "body",
    [
        {"Message": INNER, "__type": "Fault"},
        {"fault": {"faultstring": INNER, "detail": {"errorcode": "x"}}},
        {"error": {"message": INNER, "details": None, "cause": "ECONN", "innererror": {}}},
    ],
)
def test_the_words_are_found_under_other_names(body: object) -> None:
    assert read_error_body(json.dumps(body)).message == INNER


@pytest.mark.parametrize("headers", [{}, EVENT_STREAM])
def test_a_failed_status_beside_empty_choices_is_an_error(headers: dict[str, str]) -> None:
    body = json.dumps({"choices": None, "base_resp": {"status_code": 1004, "status_msg": INNER}})
    data = f"data: {body}\n\n" if headers else body
    failure = read_reply([data.encode()], headers=headers)[0].failure
    assert failure is not None
    assert failure.server_message == INNER


def test_a_status_of_zero_is_none() -> None:
    chunk = {"choices": [{"delta": {"content": "A"}, "finish_reason": "stop"}]}
    body = json.dumps({**chunk, "base_resp": {"status_code": 0, "status_msg": ""}})
    turn = read_reply([f"data: {body}\n\n".encode()])[0]
    assert (turn.answer.text, turn.failure) == ("A", None)
