"""Loading, failed to load and crashed are distinguished, despite similar messages."""

from __future__ import annotations

import json
import time

import pytest

from tui.core.server_phase import ServerPhase, phase_of
from tui.wire.errors import classify_error
from tui.wire.load_state import says_loading

PERMANENT: list[tuple[int, object, str]] = [
    (400, {"error": 'Failed to load model "gpt-oss-20b". Error: Error loading model.'}, "load-failed"),
    (500, {"error": "unable to load model: /srv/ollama/models/blobs/x"}, "load-failed"),
    (503, {"error": "Error loading model: out of memory"}, "load-failed"),
    (503, {"error": {"message": "failed to load"}}, "load-failed"),
    (503, {"error": {"message": "Unable to load qwen3:8b"}}, "load-failed"),
    (503, {"error": {"message": "Error loading model", "code": "model_loading"}}, "load-failed"),
    (503, {"error": {"message": "Loading model failed: CUDA error: out of memory"}}, "load-failed"),
    (500, {"error": {"message": "could not load model: rpc error: code = Unknown desc = "}}, "load-failed"),
    (500, {"error": {"message": "llama runner process has terminated: exit status 2"}}, "load-failed"),
    (500, {"error": "model requires more system memory (8 GiB) than is available (4 GiB)"}, "load-failed"),
    (500, {"error": "[Errno 2] No such file or directory: '/models/x.gguf'"}, "load-failed"),
    (404, {"error": {"message": "Failed to load model x", "code": "model_not_found"}}, "load-failed"),
    (400, {"error": {"message": "Model loading failed: x"}}, "load-failed"),
    (400, {"error": {"message": "The model 'x' could not be loaded"}}, "load-failed"),
    (200, {"error": {"message": "Failed to load model"}}, "load-failed"),
    (503, {"error": {"message": "CUDA out of memory. Tried to allocate 2 GiB"}}, "server-error"),
    (424, {"error": "Server error: CUDA out of memory", "error_type": "generation"}, "server-error"),
    (
        500,
        {
            "error": {
                "message": "EngineCore encountered an issue. See stack trace (above) for the root cause."
            }
        },
        "backend-crashed",
    ),
]
PASSING: list[tuple[int, object]] = [
    (503, {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}}),
    (503, {"error": "Model m is currently loading", "estimated_time": 20.0}),
    (503, {"error": "Service unavailable", "estimated_time": 20.0}),
    (503, {"detail": "Error: the model is still loading, wait until the model is ready"}),
    (503, {"message": "Service is warming up"}),
    (503, {"error": {"message": "Model is not ready"}}),
    (500, {"error": "llm server loading model"}),
    (425, {"error": "model is loading"}),
    (429, {"message": "x", "code": "ModelNotReadyException"}),
    (200, {"error": {"message": "Loading model", "code": 503}}),
]
ABOUT_SOMETHING_ELSE: list[tuple[int, object, str]] = [
    (400, {"error": {"message": "Failed to load image from the url for model x"}}, "invalid-request"),
    (400, {"error": {"message": "model is loading"}}, "invalid-request"),
    (503, {"error": "No model is loaded"}, "bad-gateway"),
    (500, {"error": {"message": "Conversation roles must start with user for this model"}}, "server-error"),
]


@pytest.mark.parametrize(("status", "body", "cause"), PERMANENT)
def test_what_is_permanent_is_never_taken_for_loading(status: int, body: object, cause: str) -> None:
    failure = classify_error(status, {}, json.dumps(body).encode())
    assert failure.cause == cause
    assert phase_of(failure) is ServerPhase.BROKEN
    assert failure.server_message


@pytest.mark.parametrize(("status", "body"), PASSING)
def test_explicit_signs_of_loading(status: int, body: object) -> None:
    failure = classify_error(status, {}, json.dumps(body).encode())
    assert failure.cause == "loading"
    assert phase_of(failure) is ServerPhase.LOADING


@pytest.mark.parametrize(("status", "body", "cause"), ABOUT_SOMETHING_ELSE)
def test_words_alone_are_no_sign(status: int, body: object, cause: str) -> None:
    assert classify_error(status, {}, json.dumps(body).encode()).cause == cause


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (
            503,
            b'{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}',
            "Loading model",
        ),
        (503, b'{"status":"loading model"}', "loading model"),
        (200, b'{"status":"loading"}', "loading"),
        (200, b'{"status":"ok"}', None),
        (200, b"", None),
        (503, b"", None),
        (503, b'{"status":"error loading model"}', None),
        (404, b'{"detail":"Not Found"}', None),
        (404, b"Loading model", None),
        (200, b"<html><title>Loading model</title></html>", None),
    ],
)
def test_what_a_health_route_says(status: int, body: bytes, sentence: str | None) -> None:
    assert says_loading(status, body) == sentence


def test_long_messages_cost_nothing() -> None:
    body = json.dumps({"error": "model error loading the " * 2_500}).encode()
    started = time.perf_counter()
    classify_error(500, {}, body)
    assert time.perf_counter() - started < 2
