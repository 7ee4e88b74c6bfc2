"""Identifying the server from available evidence and probes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.replies import DATA
from tui.wire import dialects
from tui.wire.fingerprint import ServerProbe, identify, probes_for
from tui.wire.servers import Dialect, ServerIdentity

K = dialects
PROBES = [ServerProbe(row, probe) for row in dialects.DIALECTS for probe in row.probes]


@pytest.mark.parametrize(
    ("evidence", "identity"),
    [
        ({"owned_by": ["vllm"]}, ServerIdentity(K.VLLM, None, "owned_by")),
        ({"owned_by": ["organization_owner"]}, ServerIdentity(K.LM_STUDIO, None, "owned_by")),
        ({"owned_by": ["library", "me"]}, ServerIdentity(K.OLLAMA, None, "owned_by")),
        ({"owned_by": ["vllm", "sglang"]}, ServerIdentity()),
        ({"owned_by": ["somebody"]}, ServerIdentity()),
        ({"headers": {"Server": "llama.cpp"}}, ServerIdentity(K.LLAMA_CPP, None, "header server")),
        ({"headers": {"server": "uvicorn"}}, ServerIdentity()),
        (
            {"headers": {"x-litellm-version": "1.109.1"}, "owned_by": ["openai"]},
            ServerIdentity(K.LITELLM, "1.109.1", "header x-litellm-version"),
        ),
        (
            {"headers": {"x-compute-type": "gpu+optimized"}},
            ServerIdentity(K.TGI, None, "header x-compute-type"),
        ),
        ({"host": "openrouter.ai"}, ServerIdentity(K.OPENROUTER, None, "host name")),
        ({"host": "me.openai.azure.com"}, ServerIdentity(K.AZURE, None, "host name")),
        ({"host": "API.DeepSeek.com."}, ServerIdentity(K.DEEPSEEK, None, "host name")),
        ({"host": "notopenrouter.ai"}, ServerIdentity()),
        (
            {"system_fingerprint": "vllm-0.33.0-1a2b3c4d"},
            ServerIdentity(K.VLLM, "0.33.0", "system_fingerprint"),
        ),
        (
            {"system_fingerprint": "b9554-d403f00ec"},
            ServerIdentity(K.LLAMA_CPP, "b9554", "system_fingerprint"),
        ),
        ({"system_fingerprint": "3.3.7-native"}, ServerIdentity(K.TGI, "3.3.7", "system_fingerprint")),
        ({"system_fingerprint": "fp_ollama"}, ServerIdentity(K.OLLAMA, None, "system_fingerprint")),
        ({"system_fingerprint": "fp_a49d71b8a1"}, ServerIdentity()),
        (
            {"owned_by": ("llamacpp",), "system_fingerprint": "b0-unknown"},
            ServerIdentity(K.LLAMA_CPP, None, "system_fingerprint"),
        ),
        (
            {"headers": {"server": "llama.cpp"}, "system_fingerprint": "b9554-d403f00ec"},
            ServerIdentity(K.LLAMA_CPP, "b9554", "header server, system_fingerprint"),
        ),
        (
            {"headers": {"x-litellm-call-id": "1"}, "system_fingerprint": "vllm-0.33.0-1a2b3c4d"},
            ServerIdentity(K.LITELLM, None, "header x-litellm-call-id"),
        ),
        (
            {"error_body": b'{"error":"Unexpected endpoint or method. (GET /x)"}'},
            ServerIdentity(K.LM_STUDIO, None, "form of its errors"),
        ),
        ({}, ServerIdentity()),
    ],
)
def test_identifies_from_what_is_at_hand(evidence: dict[str, object], identity: ServerIdentity) -> None:
    assert identify(**evidence) == identity  # type: ignore[arg-type]


def probe(path: str) -> ServerProbe:
    return next(probe for probe in PROBES if probe.path == path)


@pytest.mark.parametrize(
    ("path", "body", "kind", "version", "window"),
    [
        ("/", b"Ollama is running", K.OLLAMA, None, None),
        ("/api/version", b'{"version":"0.33.0"}', None, "0.33.0", None),
        ("/version", b'{"version":"0.20.1"}', None, "0.20.1", None),
        (
            "/server_info",
            b'{"version":"0.5.23","internal_states":[],"context_length":4096}',
            K.SGLANG,
            "0.5.23",
            4096,
        ),
        ("/info", b'{"model_id":"m","max_total_tokens":4096,"version":"3.3.7"}', K.TGI, "3.3.7", 4096),
        ("/api/v1/models", (DATA / "lmstudio-api-v1-models.json").read_bytes(), K.LM_STUDIO, None, 4096),
        ("/api/v0/models", b'{"data":[{"id":"m","state":"loaded"}]}', K.LM_STUDIO, None, None),
        (
            "/api/v0/models",
            b'{"data":[{"id":"m","state":"loaded","loaded_context_length":8192,"max_context_length":32768}]}',
            K.LM_STUDIO,
            None,
            8192,
        ),
        ("/.well-known/localai.json", b'{"version":"v3.1"}', K.LOCALAI, "v3.1", None),
        ("/health/liveliness", b'"I\'m alive!"', K.LITELLM, None, None),
        ("/v1/cluster/version", b'{"version":"3.2.0"}', K.XINFERENCE, "3.2.0", None),
        ("/props", (DATA / "llamacpp-props.json").read_bytes(), K.LLAMA_CPP, "b9554-d403f00ec", 8192),
    ],
)
def test_probes_tell_kind_version_and_window(
    path: str, body: bytes, kind: Dialect | None, version: str | None, window: int | None
) -> None:
    answer = probe(path).read(200, body)
    assert answer is not None
    assert (answer.identity.kind, answer.identity.version, answer.context_window) == (kind, version, window)
    assert answer.identity.evidence == path.replace("v0", "v1")


@pytest.mark.parametrize("path", [probe.path for probe in PROBES])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b'{"error":"Unexpected endpoint or method. (GET /x)"}',
        b'{"detail":"Not Found"}',
        b"[]",
        b"null",
        b"[[[",
        b'{"version":7}',
        b'{"version":"0.9.0","data":[1]}'[:9],
    ],
)
def test_an_answer_that_says_nothing_tells_nothing(path: str, body: bytes) -> None:
    for status in (200, 404):
        assert probe(path).read(status, body) is None


def test_the_constant_of_localai_is_not_taken_for_ollama() -> None:
    assert probe("/api/version").read(200, b'{"version":"0.9.0"}') is None


def test_a_version_joins_the_kind_that_is_known() -> None:
    known = identify(owned_by=["vllm"])
    answer = probe("/version").read(200, b'{"version":"0.33.0"}')
    assert answer is not None
    refined = known.refined_by(answer.identity)
    assert refined == ServerIdentity(K.VLLM, "0.33.0", "owned_by, /version")
    assert ServerIdentity().refined_by(answer.identity) == ServerIdentity()


def test_only_probes_worth_sending_are_named() -> None:
    told_by_version = {"/version", "/api/version"}
    assert {probe.path for probe in PROBES} - {probe.path for probe in probes_for(ServerIdentity())} == (
        told_by_version
    )
    assert [probe.path for probe in probes_for(ServerIdentity(), has_list=True)] == [
        "/", "/props", "/info", "/.well-known/localai.json", "/health/liveliness"
    ]  # fmt: skip
    assert [probe.path for probe in probes_for(ServerIdentity(K.VLLM))] == ["/version"]
    assert probes_for(ServerIdentity(K.OPENROUTER)) == ()


@given(st.sampled_from(PROBES), st.integers(100, 599), st.binary(max_size=40))
def test_any_answer_to_a_probe_is_borne(one: ServerProbe, status: int, body: bytes) -> None:
    one.read(status, body)
