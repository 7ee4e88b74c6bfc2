"""What servers claim about their models, which costs nothing; tests show what really works.

Sources: Ollama's ``POST /api/show`` (docs/api.md), llama.cpp's ``GET /props`` (tools/server/README.md), LM
Studio's ``GET /api/v1/models`` and ``/api/v0/models``, OpenRouter's ``GET /models``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from types import MappingProxyType

from tui.core.abilities import Ability, Finding, Outcome
from tui.core.lazy_dataclass import dataclass
from tui.texts import abilities as texts
from tui.wire import dialects

_DIGEST_LENGTH = 12
_PARAMETERS = {
    "tools": Ability.TOOLS,
    "tool_choice": Ability.TOOLS_FORCED,
    "response_format": Ability.JSON_OBJECT,
    "structured_outputs": Ability.JSON_SCHEMA,
    "logprobs": Ability.LOGPROBS,
    "seed": Ability.SEED,
    "stop": Ability.STOP,
    "max_tokens": Ability.MAX_TOKENS,
}
"""OpenRouter's names; parameters missing from its list are not passed on to the upstream server."""


@dataclass(frozen=True, slots=True)
class Claims:
    """A server's claims about a model."""

    can: Mapping[Ability, bool] = field(default_factory=dict)
    source: str = ""
    """The source of the claims."""
    build: str = ""
    """What distinguishes this model and template from others with the same name."""


def with_claim(ability: Ability, finding: Finding, claims: Claims) -> str:
    """Return the evidence of a test, followed by the server's claim."""
    if ability not in claims.can:
        return finding.evidence
    is_claimed = claims.can[ability]
    text = texts.CLAIMED if is_claimed else texts.DENIED
    if finding.outcome is not Outcome.NOT_TRIED and is_claimed == (finding.outcome is Outcome.YES):
        text = texts.CLAIMED_TOO
    return text.format(evidence=finding.evidence, source=claims.source)


@dataclass(frozen=True, slots=True)
class ClaimSource:
    """A route where one kind of server reports the abilities of a model."""

    path: str
    """Relative to the host; to the base URL if it ``needs_key``."""
    read: Callable[[Mapping[str, object], str], Claims | None]
    """Takes the JSON object and the model's name; returns ``None`` if the object does not describe the
    model."""
    is_posted: bool = False
    """Whether to send the model's name with POST."""
    needs_key: bool = False


def _read_llama(value: Mapping[str, object], model: str) -> Claims:
    can: dict[Ability, bool] = {}
    modalities, caps = value.get("modalities"), value.get("chat_template_caps")
    if isinstance(modalities, dict) and isinstance(modalities.get("vision"), bool):
        can[Ability.VISION] = modalities["vision"]
    if isinstance(caps, dict) and isinstance(caps.get("supports_tools"), bool):
        can[Ability.TOOLS] = caps["supports_tools"]
    return Claims(can, "/props", _digest(value.get("model_path"), value.get("chat_template")))


def _read_ollama(value: Mapping[str, object], model: str) -> Claims | None:
    names = value.get("capabilities")
    if not isinstance(names, list):
        return None
    can = {Ability.VISION: "vision" in names, Ability.TOOLS: "tools" in names}
    return Claims(can, "/api/show", _digest(value.get("modified_at"), value.get("template")))


def _read_lm_studio(value: Mapping[str, object], model: str) -> Claims | None:
    for entry in _entries(value):
        if model not in (entry.get("key"), entry.get("id")):
            continue
        said = entry.get("capabilities")
        if isinstance(said, dict):
            names = (("vision", Ability.VISION), ("trained_for_tool_use", Ability.TOOLS))
            can = {ability: said[name] for name, ability in names if isinstance(said.get(name), bool)}
            return Claims(can, "/api/v1/models")
        can = {Ability.VISION: entry.get("type") == "vlm"} if isinstance(entry.get("type"), str) else {}
        if isinstance(said, list):
            can[Ability.TOOLS] = "tool_use" in said
        return Claims(can, "/api/v0/models")
    return None


def _read_open_router(value: Mapping[str, object], model: str) -> Claims | None:
    entry = next((entry for entry in _entries(value) if entry.get("id") == model), None)
    parameters = entry.get("supported_parameters") if entry is not None else None
    if entry is None or not isinstance(parameters, list):
        return None
    can = {ability: name in parameters for name, ability in _PARAMETERS.items()}
    architecture = entry.get("architecture")
    inputs = architecture.get("input_modalities") if isinstance(architecture, dict) else None
    if isinstance(inputs, list):
        can[Ability.VISION] = "image" in inputs
    return Claims(can, "/models")


def _entries(value: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    for name in ("models", "data"):
        entries = value.get(name)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                yield entry


def _digest(*values: object) -> str:
    texts = [value for value in values if isinstance(value, str)]
    if not texts:
        return ""
    return hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:_DIGEST_LENGTH]


SOURCES: Mapping[str, tuple[ClaimSource, ...]] = MappingProxyType(
    {
        dialects.LLAMA_CPP.name: (ClaimSource("/props", _read_llama),),
        dialects.OLLAMA.name: (ClaimSource("/api/show", _read_ollama, is_posted=True),),
        dialects.LM_STUDIO.name: (
            ClaimSource("/api/v1/models", _read_lm_studio),
            ClaimSource("/api/v0/models", _read_lm_studio),
        ),
        dialects.OPENROUTER.name: (ClaimSource("/models", _read_open_router, needs_key=True),),
    }
)
"""By the name of the server kind; the first source with a result is used."""
