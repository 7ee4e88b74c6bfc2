"""Cheap requests that tell servers apart, as data: ``net`` sends them, ``read_probe`` judges the answers.

Only bodies count, never a status alone: LM Studio answers 200 to every path. Sources: the route
tables of vLLM, SGLang, llama.cpp, TGI, Ollama, LocalAI, LiteLLM, xinference and LM Studio's documents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui.wire.numbers import read_count
from tui.wire.servers import ServerIdentity, ServerKind
from tui.wire.strict_json import StrictJsonError, parse_json

_NOTHING = ServerIdentity()
_SIGNS_ITS_LISTS = frozenset(
    {
        ServerKind.VLLM,
        ServerKind.SGLANG,
        ServerKind.LM_STUDIO,
        ServerKind.TENSORRT_LLM,
        ServerKind.XINFERENCE,
    }
)
"""Servers that name themselves as the owner of each model they list, in every version that has a list."""


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """What a probe learned."""

    identity: ServerIdentity = _NOTHING
    context_window: int | None = None
    """The window as served, where this address tells it."""


_Reader = Callable[[int, str, object], ProbeAnswer | None]


@dataclass(frozen=True, slots=True)
class Probe:
    """One ``GET``, below the root of the host (not below the base URL), with the key as usual."""

    path: str
    read: _Reader
    kinds: frozenset[ServerKind]
    """The servers that it can tell."""
    tells_kind: bool = True
    """False: it adds a version to a server that has to be known from elsewhere."""


def read_probe(probe: Probe, status: int, body: bytes) -> ProbeAnswer | None:
    """Return what an answer to a probe tells, ``None`` for nothing. Never raises."""
    text = body[:200_000].decode("utf-8", "replace").strip()
    try:
        value = parse_json(text)
    except StrictJsonError:
        value = None
    return probe.read(status, text, value)


def probes_for(identity: ServerIdentity, *, has_list: bool = False) -> tuple[Probe, ...]:
    """Return the probes worth sending, in order: while the kind is unknown those that may tell it, then
    those of its kind that may tell the version or the context window.

    ``has_list`` says that a model list came: servers that sign every list of theirs are out, where
    that signature would have told the kind already.
    """
    if identity.kind is not None:
        return tuple(probe for probe in PROBES if identity.kind in probe.kinds)
    return tuple(
        probe for probe in PROBES if probe.tells_kind and not (has_list and probe.kinds <= _SIGNS_ITS_LISTS)
    )


def _known(kind: ServerKind, path: str, version: object = None, window: object = None) -> ProbeAnswer:
    named = version[:100] if isinstance(version, str) and version else None
    return ProbeAnswer(ServerIdentity(kind, named, path), read_count(window))


def _get(value: object, *names: str) -> object:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _root(status: int, text: str, value: object) -> ProbeAnswer | None:
    return _known(ServerKind.OLLAMA, "/") if text == "Ollama is running" else None


def _api_version(status: int, text: str, value: object) -> ProbeAnswer | None:
    """Read Ollama's version; LocalAI answers here too, with a constant, so that no kind follows."""
    version = _get(value, "version")
    if status != 200 or not isinstance(version, str) or version == "0.9.0":
        return None
    return ProbeAnswer(ServerIdentity(None, version[:100], "/api/version"))


def _version(status: int, text: str, value: object) -> ProbeAnswer | None:
    """Read the version of vLLM or TensorRT-LLM; which of them it is has to be known from elsewhere."""
    version = _get(value, "version")
    if status != 200 or not isinstance(version, str) or not version:
        return None
    return ProbeAnswer(ServerIdentity(None, version[:100], "/version"))


def _version_behind_key(status: int, text: str, value: object) -> ProbeAnswer | None:
    found = _version(status, text, value)
    return None if found is None else _known(ServerKind.VLLM, "/version", found.identity.version)


def _props(status: int, text: str, value: object) -> ProbeAnswer | None:
    build = _get(value, "build_info")
    if build is None and _get(value, "default_generation_settings") is None:
        return None
    return _known(ServerKind.LLAMA_CPP, "/props", build, _get(value, "default_generation_settings", "n_ctx"))


def _info(status: int, text: str, value: object) -> ProbeAnswer | None:
    if not isinstance(value, dict) or "max_total_tokens" not in value or "model_id" not in value:
        return None
    window = value.get("max_total_tokens")
    return _known(ServerKind.TGI, "/info", value.get("version"), window)


def _server_info(status: int, text: str, value: object) -> ProbeAnswer | None:
    if not isinstance(value, dict) or not {"internal_states", "disaggregation_mode"} & value.keys():
        return None
    return _known(ServerKind.SGLANG, "/server_info", value.get("version"), value.get("context_length"))


def _lm_studio(status: int, text: str, value: object) -> ProbeAnswer | None:
    models = _get(value, "models") or _get(value, "data")
    if not isinstance(models, list):
        return None
    first = models[0] if models else None
    if not isinstance(first, dict) or not ({"loaded_instances", "state"} & first.keys()):
        return None
    windows = {window for entry in models for window in _loaded_windows(entry)}
    return _known(ServerKind.LM_STUDIO, "/api/v1/models", None, windows.pop() if len(windows) == 1 else None)


def _loaded_windows(entry: object) -> list[int]:
    """Return the windows with which a model of LM Studio is loaded: one for each instance of it.

    Source: the v1 REST documentation (``loaded_instances``), the v0 one (``loaded_context_length``).
    """
    instances = _get(entry, "loaded_instances")
    given = (
        [_get(each, "config", "context_length") for each in instances] if isinstance(instances, list) else []
    )
    counts = (read_count(value) for value in (*given, _get(entry, "loaded_context_length")))
    return [count for count in counts if count is not None]


def _localai(status: int, text: str, value: object) -> ProbeAnswer | None:
    if status != 200 or not isinstance(value, dict):
        return None
    if not isinstance(value.get("version"), str) and not {"endpoints", "capabilities"} & value.keys():
        return None
    return _known(ServerKind.LOCALAI, "/.well-known/localai.json", value.get("version"))


def _litellm(status: int, text: str, value: object) -> ProbeAnswer | None:
    return _known(ServerKind.LITELLM, "/health/liveliness") if "I'm alive" in text[:100] else None


def _xinference(status: int, text: str, value: object) -> ProbeAnswer | None:
    version = _get(value, "version")
    if status != 200 or not isinstance(value, dict) or "error" in value or not isinstance(version, str):
        return None
    return _known(ServerKind.XINFERENCE, "/v1/cluster/version", version)


def _probe(path: str, read: _Reader, *kinds: ServerKind, tells_kind: bool = True) -> Probe:
    return Probe(path, read, frozenset(kinds), tells_kind)


PROBES: tuple[Probe, ...] = (
    _probe("/", _root, ServerKind.OLLAMA),
    _probe("/api/version", _api_version, ServerKind.OLLAMA, tells_kind=False),
    _probe("/props", _props, ServerKind.LLAMA_CPP),
    _probe("/version", _version, ServerKind.VLLM, ServerKind.TENSORRT_LLM, tells_kind=False),
    _probe("/server_info", _server_info, ServerKind.SGLANG),
    _probe("/get_server_info", _server_info, ServerKind.SGLANG),
    _probe("/info", _info, ServerKind.TGI),
    _probe("/api/v1/models", _lm_studio, ServerKind.LM_STUDIO),
    _probe("/api/v0/models", _lm_studio, ServerKind.LM_STUDIO),
    _probe("/.well-known/localai.json", _localai, ServerKind.LOCALAI),
    _probe("/health/liveliness", _litellm, ServerKind.LITELLM),
    _probe("/v1/cluster/version", _xinference, ServerKind.XINFERENCE),
)
"""In the order in which they are sent: the first that tells a kind ends the search."""

_BEHIND_KEY = _probe("/version", _version_behind_key, ServerKind.VLLM)


def probe_for_refusal(body: bytes) -> Probe | None:
    """Return the probe that tells who refuses a request without a key, where one may.

    vLLM guards what is below ``/v1`` and leaves ``/version`` open; SGLang refuses in the same words, but
    has no such address.
    """
    try:
        value = parse_json(body[:200].decode("utf-8", "replace").strip())
    except StrictJsonError:
        return None
    return _BEHIND_KEY if value == {"error": "Unauthorized"} else None
