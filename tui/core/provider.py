"""A provider: one OpenAI-compatible endpoint with its model, key, prices and habits.

The fields and their order are those of Casibase's edit page; what an endpoint needs beyond
that (headers, thinking, TLS) is in the advanced part. The rules are in ``provider_rules``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from enum import StrEnum

from tui.core.api_key_reference import ApiKeyReference
from tui.core.lazy_dataclass import dataclass
from tui.core.usage import Price

TYPE = "Local"
"""The only provider type: the field is shown because Casibase's page has it."""

DEFAULT_TEST_PROMPT = "Hello, how are you today?"
DEFAULT_TEST_TEXT = "This is a sample text for embedding generation."


class Category(StrEnum):
    """What a provider's model does."""

    MODEL = "Model"
    EMBEDDING = "Embedding"

    @property
    def test_prompt(self) -> str:
        """What a provider is tested with, where nothing else is given."""
        return DEFAULT_TEST_PROMPT if self is Category.MODEL else DEFAULT_TEST_TEXT


class State(StrEnum):
    """Whether a provider can be chosen for a chat."""

    ACTIVE = "Active"
    INACTIVE = "Inactive"


class ApiKeyHeader(StrEnum):
    """The header that carries the API key."""

    BEARER = "bearer"
    API_KEY = "api-key"
    X_API_KEY = "x-api-key"


class Thinking(StrEnum):
    """How much a model should think. Unset (``None``) sends nothing and leaves it to the server."""

    OFF = "off"
    ON = "on"
    MINIMAL = "minimal"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def label(self) -> str:
        """What screens call it; ``Provider default`` or ``Server default`` stands for unset."""
        return self.value.capitalize()


class ReasoningReplay(StrEnum):
    """Whether earlier reasoning is sent with the next prompt."""

    NEVER = "never"
    WHEN_DEMANDED = "when-demanded"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """How an endpoint's certificate is verified. Paths are plain text here: ``net`` opens them."""

    ca_file: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None
    pinned_sha256: str | None = None
    """Hex SHA-256 of the server's certificate (DER): the only one accepted, whatever its issuer."""
    insecure: bool = False
    """No verification at all: marked on screen for as long as it is used."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """Sampling parameters. ``None`` leaves a parameter out of the request: the server uses its default."""

    temperature: float | None = None
    top_p: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A security setting of a record that cannot be read: ignoring it would widen what is allowed."""

    setting: str
    """Its name in the file, such as ``tls.pinned_sha256``."""
    message: str
    """What is wrong and what to write instead, after the name."""
    fields: tuple[str, ...]
    """The fields of the form any of which, entered anew, puts it right."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One record of the provider list."""

    name: str
    display_name: str = ""
    category: Category = Category.MODEL
    model: str = ""
    """The model name sent as ``model``; Casibase's label is kept."""
    input_price: Decimal | None = None
    """Per 1,000 prompt tokens; ``0`` is free, ``None`` says nothing about money."""
    output_price: Decimal | None = None
    """Per 1,000 completion tokens."""
    cached_input_price: Decimal | None = None
    """Per 1,000 prompt tokens out of the server's cache; ``None``: as ``input_price``."""
    gpu_hour_price: Decimal | None = None
    """For an hour of the hardware that answers."""
    currency: str = "USD"
    api_key: ApiKeyReference | None = None
    provider_url: str = ""
    is_default: bool = False
    is_remote: bool = False
    """View-only: built in, or from a site-wide file."""
    state: State = State.ACTIVE
    created_time: str = ""
    """ISO 8601 with zone."""
    test_prompt: str = DEFAULT_TEST_PROMPT
    system_prompt: str = ""
    sampling: Sampling = field(default_factory=Sampling)
    thinking: Thinking | None = None
    reasoning_replay: ReasoningReplay | None = None
    """``None``: as the settings of the program say, without one there never."""
    key_header: ApiKeyHeader = ApiKeyHeader.BEARER
    extra_headers: Mapping[str, str] = field(default_factory=dict)
    extra_body: Mapping[str, object] = field(default_factory=dict)
    tls: TlsSettings = field(default_factory=TlsSettings)
    allow_unencrypted_key: bool = False
    """The user's decision that the key may travel over plain http to a host that is not loopback."""
    refusals: tuple[Refusal, ...] = ()
    """While there are any, nothing is sent to the endpoint."""

    @property
    def label(self) -> str:
        """The display name, or the name where there is none."""
        return self.display_name or self.name

    @property
    def type(self) -> str:
        """Casibase's provider type."""
        return TYPE

    @property
    def sub_type(self) -> str:
        """Casibase's sub type: it follows from the category."""
        return "custom-model" if self.category is Category.MODEL else "custom-embedding"

    @property
    def is_embedding(self) -> bool:
        """Whether its model makes vectors, so that it is never sent a chat."""
        return self.category is Category.EMBEDDING

    @property
    def test_text(self) -> str:
        """What a test sends: the field; for embeddings their own default instead of that of chats."""
        is_given = self.test_prompt.strip() and self.test_prompt != DEFAULT_TEST_PROMPT
        return self.test_prompt if is_given or not self.is_embedding else DEFAULT_TEST_TEXT

    @property
    def price(self) -> Price:
        """The prices and their currency; vectors have no output that could cost anything."""
        output = Decimal(0) if self.category is Category.EMBEDDING else self.output_price
        if self.input_price is None and self.category is Category.EMBEDDING:
            output = None
        return Price(self.input_price, output, self.currency, self.cached_input_price, self.gpu_hour_price)

    @property
    def is_active(self) -> bool:
        """Whether the provider can be picked for a chat."""
        return self.state is State.ACTIVE
