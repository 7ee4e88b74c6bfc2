"""Parses model lists in all known formats, including the effective context window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tui.core.lazy_dataclass import dataclass
from tui.wire.limits import DEFAULT_LIMITS, Limits
from tui.wire.numbers import read_count
from tui.wire.strict_json import StrictJsonError, parse_json
from tui.wire.surrogates import mend

_NAME_KEYS = ("id", "key", "model", "name", "model_name", "uid")
_EMBEDDING_WORDS = ("embed", "bge-", "gte-", "e5-", "minilm", "rerank")
_EMBEDDING_TYPES = frozenset({"embedding", "embeddings", "embed", "rerank", "reranker"})
_LONGEST_NAME = 500


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model offered by an endpoint. Texts are unsanitised; ``None`` means not reported."""

    identifier: str
    """The value to send as ``model``."""
    context_window: int | None = None
    """Prompt and completion tokens together, as configured in the server, not as trained."""
    owned_by: str | None = None
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    """The base model of a LoRA adapter."""
    is_embedding: bool = False
    """Whether it creates embeddings, according to the server or else its name."""


@dataclass(frozen=True, slots=True)
class ModelList:
    """The models of an endpoint in the server's order, without duplicates."""

    models: tuple[ModelInfo, ...] = ()
    shape: str = "data"
    """The field with the list: ``data``, ``models`` or ``list``; it distinguishes some servers."""
    is_cut: bool = False
    """The list exceeded the limit and was truncated."""

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The names that can be sent as ``model``."""
        return tuple(model.identifier for model in self.models)

    @property
    def chat_models(self) -> tuple[ModelInfo, ...]:
        """The models that are not for embeddings."""
        return tuple(model for model in self.models if not model.is_embedding)

    @property
    def owners(self) -> tuple[str, ...]:
        """The distinct values of ``owned_by``."""
        return tuple(dict.fromkeys(model.owned_by for model in self.models if model.owned_by))

    def find(self, name: str) -> ModelInfo | None:
        """Return the model with this name or alias."""
        for model in self.models:
            if name == model.identifier or name in model.aliases:
                return model
        return None

    def lacks(self, name: str) -> bool:
        """Return whether it contains only other models. An empty list proves nothing."""
        return bool(name and self.models) and self.find(name) is None


def read_models(body: bytes, limits: Limits = DEFAULT_LIMITS) -> ModelList | None:
    """Parse the body of ``GET /models``; ``None`` if it is not a model list.

    Accepts ``{"data": […]}``, ``{"models": […]}``, a plain list, ``null`` for an empty one, and entries that
    are plain names. A body larger than the limit is not read. Never raises.
    """
    if len(body) > limits.model_list:
        return None
    try:
        value = parse_json(body.decode("utf-8", "replace").lstrip("\ufeff"))
    except StrictJsonError:
        return None
    found = _find_list(value)
    if found is None:
        return None
    entries, shape = found
    details = _details_by_name(value) if shape == "data" else {}
    models: dict[str, ModelInfo] = {}
    for entry in entries[: limits.models]:
        model = _read_entry(entry, details)
        if model is not None:
            models.setdefault(model.identifier, model)
    return ModelList(tuple(models.values()), shape, len(entries) > limits.models)


def _find_list(value: object) -> tuple[list[object], str] | None:
    if isinstance(value, list):
        return value, "list"
    if not isinstance(value, dict) or value.get("error"):
        return None
    for name in ("data", "models"):
        entries = value.get(name)
        if isinstance(entries, dict) and isinstance(entries.get("data"), list):
            entries = entries["data"]
        if isinstance(entries, list):
            return entries, name
    if any(name in value and value[name] is None for name in ("data", "models")):
        return [], "data"  # Ollama without models
    return ([], "data") if value.get("object") == "list" else None


def _details_by_name(value: object) -> dict[str, Mapping[str, object]]:
    """Return the entries of llama.cpp's second list, which contains the abilities of models."""
    entries = value.get("models") if isinstance(value, dict) else None
    if not isinstance(entries, list):
        return {}
    return {name: entry for entry in entries if isinstance(entry, dict) and (name := _name(entry))}


def _read_entry(entry: object, details: Mapping[str, Mapping[str, object]]) -> ModelInfo | None:
    if isinstance(entry, str):
        entry = {"id": entry}
    if not isinstance(entry, dict):
        return None
    name = _name(entry)
    if not name:
        return None
    owner, parent = entry.get("owned_by"), entry.get("parent")
    return ModelInfo(
        identifier=name,
        context_window=_context_window(entry),
        owned_by=mend(owner) if isinstance(owner, str) and owner else None,
        aliases=tuple(_aliases(entry)),
        parent=mend(parent) if isinstance(parent, str) and parent else None,
        is_embedding=_is_embedding(entry, details.get(name, {}), name),
    )


def _name(entry: Mapping[str, object]) -> str:
    for key in _NAME_KEYS:
        name = entry.get(key)
        if isinstance(name, str) and name and len(name) <= _LONGEST_NAME:
            return mend(name)
    return ""


def _aliases(entry: Mapping[str, object]) -> Iterator[str]:
    aliases = entry.get("aliases")
    for alias in aliases if isinstance(aliases, list) else []:
        if isinstance(alias, str) and alias:
            yield mend(alias)


def _context_window(entry: Mapping[str, object]) -> int | None:
    """Return the effective context window, of the loaded instance rather than the model card."""
    instances = entry.get("loaded_instances")  # LM Studio /api/v1
    first = instances[0] if isinstance(instances, list) and instances else None
    config = first.get("config") if isinstance(first, dict) else None
    meta = entry.get("meta")  # llama.cpp
    provider = entry.get("top_provider")  # OpenRouter
    candidates: tuple[object, ...] = (
        _get(config, "context_length"),
        entry.get("loaded_context_length"),  # LM Studio /api/v0
        entry.get("max_model_len"),  # vLLM, SGLang
        _get(meta, "n_ctx"),
        _get(provider, "context_length"),
        entry.get("context_length"),
        entry.get("context_window"),
        entry.get("max_context_length"),  # Mistral, LM Studio
    )
    return next((count for value in candidates if (count := read_count(value))), None)


def _get(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _is_embedding(entry: Mapping[str, object], details: Mapping[str, object], name: str) -> bool:
    for key in ("type", "model_type", "task"):
        kind = entry.get(key)
        if isinstance(kind, str) and kind.lower() in _EMBEDDING_TYPES:
            return True
        if isinstance(kind, str) and kind.lower() in ("llm", "vlm", "chat"):
            return False
    capabilities = entry.get("capabilities") or details.get("capabilities") or entry.get("model_ability")
    if isinstance(capabilities, dict) and isinstance(capabilities.get("completion_chat"), bool):
        return not capabilities["completion_chat"]  # Mistral
    if isinstance(capabilities, list) and capabilities:
        words = {str(word).lower() for word in capabilities[:50]}
        if words & {"completion", "chat", "generate"}:
            return False
        if words & _EMBEDDING_TYPES:
            return True
    lower = name.lower()
    return any(word in lower for word in _EMBEDDING_WORDS)
