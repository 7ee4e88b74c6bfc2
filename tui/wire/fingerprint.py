"""Which server answers, told from what is at hand, with the evidence; ``wire.probes`` tells the rest."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from tui.wire.servers import ServerIdentity, ServerKind

_HOSTS: tuple[tuple[str, ServerKind], ...] = (
    ("openrouter.ai", ServerKind.OPENROUTER),
    ("api.deepseek.com", ServerKind.DEEPSEEK),
    ("api.openai.com", ServerKind.OPENAI),
    ("openai.azure.com", ServerKind.AZURE),
    ("services.ai.azure.com", ServerKind.AZURE),
    ("cognitiveservices.azure.com", ServerKind.AZURE),
    ("dashscope.aliyuncs.com", ServerKind.DASHSCOPE),
    ("dashscope-intl.aliyuncs.com", ServerKind.DASHSCOPE),
    ("dashscope-us.aliyuncs.com", ServerKind.DASHSCOPE),
    ("api.mistral.ai", ServerKind.MISTRAL),
    ("api.moonshot.cn", ServerKind.MOONSHOT),
    ("api.moonshot.ai", ServerKind.MOONSHOT),
    ("cloud.infini-ai.com", ServerKind.INFINI_AI),
)

_OWNERS = {
    "vllm": ServerKind.VLLM,
    "sglang": ServerKind.SGLANG,
    "llamacpp": ServerKind.LLAMA_CPP,
    "organization_owner": ServerKind.LM_STUDIO,
    "library": ServerKind.OLLAMA,
    "tensorrt_llm": ServerKind.TENSORRT_LLM,
    "xinference": ServerKind.XINFERENCE,
    "deepseek": ServerKind.DEEPSEEK,
    "mistralai": ServerKind.MISTRAL,
    "moonshot": ServerKind.MOONSHOT,
}

_FINGERPRINTS: tuple[tuple[re.Pattern[str], ServerKind], ...] = (
    (re.compile(r"vllm-(\d[\w.+]*)"), ServerKind.VLLM),
    (re.compile(r"(b\d+)-[0-9a-f]{6,}"), ServerKind.LLAMA_CPP),
    (re.compile(r"(b\d+-unknown)$"), ServerKind.LLAMA_CPP),  # built outside of its repository
    (re.compile(r"fp_ollama()"), ServerKind.OLLAMA),
    (re.compile(r"(\d+\.\d+\.\d+[\w.]*)-(?:native|sha-[0-9a-f]+|[0-9a-f]{7,40})"), ServerKind.TGI),
)

_HEADERS: tuple[tuple[str, re.Pattern[str], ServerKind], ...] = (
    ("x-litellm-version", re.compile(r"(\S+)"), ServerKind.LITELLM),
    ("x-litellm-call-id", re.compile("()"), ServerKind.LITELLM),
    ("x-litellm-model-id", re.compile("()"), ServerKind.LITELLM),
    ("server", re.compile(r"llama\.cpp()"), ServerKind.LLAMA_CPP),
    ("openai-version", re.compile("()"), ServerKind.OPENAI),
    ("openai-organization", re.compile("()"), ServerKind.OPENAI),
    ("x-compute-type", re.compile("()"), ServerKind.TGI),
    ("x-ms-region", re.compile("()"), ServerKind.AZURE),
    ("apim-request-id", re.compile("()"), ServerKind.AZURE),
)


def identify(
    *,
    host: str = "",
    headers: Mapping[str, str] | None = None,
    owned_by: Collection[str] = (),
    system_fingerprint: str | None = None,
    error_body: bytes | None = None,
) -> ServerIdentity:
    """Return which server it is, from what requests made anyway have shown. Sends nothing.

    The host name of a known service comes first, then headers (a gateway's hide what is behind
    it), then what the server says of itself. ``owned_by`` are those values of the model list.
    """
    lower = {name.lower(): value for name, value in (headers or {}).items()}
    found = ServerIdentity()
    for identity in _evidence(host, lower, owned_by, system_fingerprint, error_body):
        found = found.refined_by(identity)
    return found


def _evidence(
    host: str,
    headers: Mapping[str, str],
    owned_by: Collection[str],
    system_fingerprint: str | None,
    error_body: bytes | None,
) -> Iterator[ServerIdentity]:
    yield identify_host(host)
    yield _identify_headers(headers)
    if system_fingerprint:
        yield identify_fingerprint(system_fingerprint)
    yield _identify_owner(owned_by)
    if error_body:
        yield _identify_error(error_body)


def identify_host(host: str) -> ServerIdentity:
    """Return the service that a host name belongs to."""
    host = host.lower().rstrip(".")
    for name, kind in _HOSTS:
        if host == name or host.endswith("." + name):
            return ServerIdentity(kind, None, "host name")
    return ServerIdentity()


def _identify_headers(headers: Mapping[str, str]) -> ServerIdentity:
    for name, pattern, kind in _HEADERS:
        found = pattern.match(headers[name]) if name in headers else None
        if found:
            return ServerIdentity(kind, found[1] or None, f"header {name}")
    return ServerIdentity()


def identify_fingerprint(system_fingerprint: str) -> ServerIdentity:
    """Return the server that a chunk's ``system_fingerprint`` belongs to, with its version."""
    for pattern, kind in _FINGERPRINTS:
        found = pattern.match(system_fingerprint)
        if found:
            return ServerIdentity(kind, found[1] or None, "system_fingerprint")
    return ServerIdentity()


def _identify_owner(owned_by: Collection[str]) -> ServerIdentity:
    kinds = {_OWNERS[owner] for owner in owned_by if owner in _OWNERS}
    return ServerIdentity(kinds.pop(), None, "owned_by") if len(kinds) == 1 else ServerIdentity()


_ERRORS: tuple[tuple[bytes, ServerKind], ...] = (
    (b"Unexpected endpoint or method", ServerKind.LM_STUDIO),
    (b"lms load", ServerKind.LM_STUDIO),
    (b"exceed_context_size_error", ServerKind.LLAMA_CPP),
    (b'"error_type"', ServerKind.TGI),
    (b"litellm.", ServerKind.LITELLM),
    (b"try pulling it first", ServerKind.OLLAMA),
)


def _identify_error(body: bytes) -> ServerIdentity:
    for mark, kind in _ERRORS:
        if mark in body[:64_000]:
            return ServerIdentity(kind, None, "form of its errors")
    return ServerIdentity()
