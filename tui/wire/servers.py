"""The kinds of servers that are told apart, and what is known of the one that answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ServerKind(StrEnum):
    """Software or service behind an endpoint, as far as its dialect differs."""

    VLLM = "vllm"
    SGLANG = "sglang"
    LLAMA_CPP = "llama.cpp"
    LM_STUDIO = "lmstudio"
    LOCALAI = "localai"
    OLLAMA = "ollama"
    TGI = "tgi"
    TENSORRT_LLM = "tensorrt-llm"
    LITELLM = "litellm"
    XINFERENCE = "xinference"
    OPENROUTER = "openrouter"
    DEEPSEEK = "deepseek"
    OPENAI = "openai"
    AZURE = "azure"
    DASHSCOPE = "dashscope"
    MISTRAL = "mistral"
    MOONSHOT = "moonshot"
    INFINI_AI = "infini-ai"


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """Which server it is, and how that is known."""

    kind: ServerKind | None = None
    version: str | None = None
    evidence: str = ""
    """What showed it: ``owned_by``, ``header server``, ``host name``, ``system_fingerprint``…"""

    def refined_by(self, other: ServerIdentity) -> ServerIdentity:
        """Return this identity with what another adds: a missing kind, or a version of the same kind."""
        if self.kind is None:
            return other if other.kind is not None else self
        if self.version is None and other.version is not None and other.kind in (None, self.kind):
            return ServerIdentity(self.kind, other.version, f"{self.evidence}, {other.evidence}")
        return self
