"""A chat request: endpoint, messages and parameters, independent of any server's dialect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import StrEnum
from typing import Protocol

from tui.core.lazy_dataclass import dataclass
from tui.core.parts import ImagePart, Parts
from tui.core.provider import ApiKeyHeader, Provider, ReasoningReplay, Sampling, Thinking, TlsSettings
from tui.core.secret import Secret


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation; its texts are raw."""

    role: Role
    content: Parts
    reasoning: str = ""
    """The reasoning of an assistant's message: sent back only where the policy says so."""


def has_images(messages: Iterable[Message]) -> bool:
    """Whether a picture is among the parts of messages."""
    return any(isinstance(part, ImagePart) for message in messages for part in message.content)


class ApiKeyRenewal(Protocol):
    """Fetches a key again after a server refused it: once, however many requests were refused."""

    @property
    def key(self) -> Secret | None:
        """The key that was fetched; ``None``: none was yet, or it is the same one."""

    async def renew(self) -> Secret | None:
        """Fetch the key again, unless that was done, and return it; ``None`` if it is the same one.

        Raises:
            LmdeckError: it cannot be had any more.
        """


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where requests go and how they are authenticated; made from a provider with its key resolved."""

    base_url: str
    """Normalised, without a trailing slash: ``{base_url}/chat/completions`` is the request URL."""
    key: Secret | None = None
    key_source: str = ""
    """Where the key came from (``env:OPENAI_API_KEY``), for messages."""
    key_header: ApiKeyHeader = ApiKeyHeader.BEARER
    extra_headers: Mapping[str, str] = field(default_factory=dict)
    tls: TlsSettings = field(default_factory=TlsSettings)
    allow_unencrypted_key: bool = False
    takes_options: bool = False
    """Whether a command asks that has ``--key-env`` and ``--model``, for advice: a screen has neither."""
    renewal: ApiKeyRenewal | None = field(default=None, repr=False, compare=False)
    """For a key that is recreated now and then, such as a command's."""

    @property
    def current_key(self) -> Secret | None:
        """The key that requests carry now."""
        renewed = self.renewal.key if self.key and self.renewal is not None else None
        return renewed or self.key


def endpoint_of(provider: Provider, base_url: str, key: Secret | None) -> Endpoint:
    """Return where a provider's requests go; a curl command that repeats one is made from it, too."""
    return Endpoint(
        base_url,
        key,
        key_source=str(provider.api_key or ""),
        key_header=provider.key_header,
        extra_headers=provider.extra_headers,
        tls=provider.tls,
        allow_unencrypted_key=provider.allow_unencrypted_key,
    )


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One chat to be answered. ``wire.request`` turns it into the body a server understands."""

    model: str
    messages: tuple[Message, ...]
    sampling: Sampling = field(default_factory=Sampling)
    stream: bool = True
    thinking: Thinking | None = None
    reasoning_replay: ReasoningReplay = ReasoningReplay.NEVER
    extra_body: Mapping[str, object] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)
    """``seed``, ``stop`` and ``json_schema``, a whole ``response_format``, where they are set."""
    attachments: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The bytes of the messages' pictures and files, by their SHA-256."""
