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
    """The author of a message."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation; its texts are unsanitised."""

    role: Role
    content: Parts
    reasoning: str = ""
    """The reasoning of an assistant message; sent back only if the policy says so."""


def has_images(messages: Iterable[Message]) -> bool:
    """Return whether any of the messages contains an image."""
    return any(isinstance(part, ImagePart) for message in messages for part in message.content)


class ApiKeyRenewal(Protocol):
    """Fetches a key again after a server rejected it: once, however many requests were rejected."""

    @property
    def key(self) -> Secret | None:
        """The fetched key; ``None`` if none was fetched yet or it is unchanged."""

    async def renew(self) -> Secret | None:
        """Fetch the key again, at most once; return ``None`` if it is unchanged.

        Raises:
            LmdeckError: the key is no longer available.
        """


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where requests go and how they are authenticated; made from a provider with its key resolved."""

    base_url: str
    """Normalised, without a trailing slash: the request URL is ``{base_url}/chat/completions``."""
    key: Secret | None = None
    key_source: str = ""
    """The source of the key (``env:OPENAI_API_KEY``), for messages."""
    key_header: ApiKeyHeader = ApiKeyHeader.BEARER
    extra_headers: Mapping[str, str] = field(default_factory=dict)
    tls: TlsSettings = field(default_factory=TlsSettings)
    allow_unencrypted_key: bool = False
    takes_options: bool = False
    """Whether advice may mention ``--key-env`` and ``--model``, which only commands have."""
    renewal: ApiKeyRenewal | None = field(default=None, repr=False, compare=False)
    """For a key that changes over time, such as the output of a command."""

    @property
    def current_key(self) -> Secret | None:
        """The key that requests use now."""
        renewed = self.renewal.key if self.key and self.renewal is not None else None
        return renewed or self.key


def endpoint_of(provider: Provider, base_url: str, key: Secret | None) -> Endpoint:
    """Return the endpoint of a provider; also used for the curl command that repeats a request."""
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
    """One chat request. ``wire.request`` turns it into the body for a server."""

    model: str
    messages: tuple[Message, ...]
    sampling: Sampling = field(default_factory=Sampling)
    stream: bool = True
    thinking: Thinking | None = None
    reasoning_replay: ReasoningReplay = ReasoningReplay.NEVER
    extra_body: Mapping[str, object] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)
    """``seed``, ``stop`` and ``json_schema`` (a complete ``response_format``), if set."""
    attachments: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The contents of the messages' images and files, by SHA-256."""
