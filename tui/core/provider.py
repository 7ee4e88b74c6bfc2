"""A provider: an OpenAI-compatible endpoint with its model, key, prices and settings.

The fields and their order follow Casibase's edit page; additional ones (headers, thinking, TLS) are in the
advanced part. ``provider_rules`` has the validation rules.
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
"""The only provider type; the field is shown because Casibase's page has it."""

DEFAULT_TEST_PROMPT = "Hello, how are you today?"
DEFAULT_TEST_TEXT = "This is a sample text for embedding generation."


class Category(StrEnum):
    """The purpose of a provider's model."""

    MODEL = "Model"
    EMBEDDING = "Embedding"

    @property
    def test_prompt(self) -> str:
        """The default text for testing a provider."""
        return DEFAULT_TEST_PROMPT if self is Category.MODEL else DEFAULT_TEST_TEXT


class State(StrEnum):
    """Whether a provider can be selected for a chat."""

    ACTIVE = "Active"
    INACTIVE = "Inactive"


class ApiKeyHeader(StrEnum):
    """The header that carries the API key."""

    BEARER = "bearer"
    API_KEY = "api-key"
    X_API_KEY = "x-api-key"


class Thinking(StrEnum):
    """The reasoning effort. Unset (``None``) sends nothing and leaves it to the server."""

    OFF = "off"
    ON = "on"
    MINIMAL = "minimal"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def label(self) -> str:
        """The label on screens; unset is shown as ``Provider default`` or ``Server default``."""
        return self.value.capitalize()


class ReasoningReplay(StrEnum):
    """Whether earlier reasoning is sent with the next prompt."""

    NEVER = "never"
    WHEN_DEMANDED = "when-demanded"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """How an endpoint's certificate is verified. Paths are plain text here; ``net`` opens the files."""

    ca_file: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None
    pinned_sha256: str | None = None
    """SHA-256 of the server's certificate (DER) in hexadecimal: only this one is accepted, whatever its
    issuer."""
    insecure: bool = False
    """No verification at all; marked on screen while in use."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """Sampling parameters. ``None`` omits a parameter, so that the server uses its default."""

    temperature: float | None = None
    top_p: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An unreadable security setting of a record: ignoring it would weaken security."""

    setting: str
    """Its name in the file, such as ``tls.pinned_sha256``."""
    message: str
    """What is wrong and what to write instead; follows the name."""
    fields: tuple[str, ...]
    """The form fields that resolve it when any of them is entered again."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One record of the provider list."""

    name: str
    display_name: str = ""
    category: Category = Category.MODEL
    model: str = ""
    """The name sent as ``model``; the label on screen is Casibase's."""
    input_price: Decimal | None = None
    """Per 1,000 prompt tokens; ``0`` is free, ``None`` unknown."""
    output_price: Decimal | None = None
    """Per 1,000 completion tokens."""
    cached_input_price: Decimal | None = None
    """Per 1,000 prompt tokens from the server's cache; ``None`` uses ``input_price``."""
    gpu_hour_price: Decimal | None = None
    """Per hour of the hardware that runs the model."""
    currency: str = "USD"
    api_key: ApiKeyReference | None = None
    provider_url: str = ""
    is_default: bool = False
    is_remote: bool = False
    """Read-only: built in, or from a site-wide file."""
    state: State = State.ACTIVE
    created_time: str = ""
    """ISO 8601 with time zone."""
    test_prompt: str = DEFAULT_TEST_PROMPT
    system_prompt: str = ""
    sampling: Sampling = field(default_factory=Sampling)
    thinking: Thinking | None = None
    reasoning_replay: ReasoningReplay | None = None
    """``None`` uses the program's setting, which defaults to never."""
    key_header: ApiKeyHeader = ApiKeyHeader.BEARER
    extra_headers: Mapping[str, str] = field(default_factory=dict)
    extra_body: Mapping[str, object] = field(default_factory=dict)
    tls: TlsSettings = field(default_factory=TlsSettings)
    allow_unencrypted_key: bool = False
    """The user's permission to send the key over plain http to a host other than loopback."""
    refusals: tuple[Refusal, ...] = ()
    """While there are any, no request is sent to the endpoint."""

    @property
    def label(self) -> str:
        """The display name, or the name if there is none."""
        return self.display_name or self.name

    @property
    def type(self) -> str:
        """Casibase's provider type."""
        return TYPE

    @property
    def sub_type(self) -> str:
        """Casibase's sub type, which follows from the category."""
        return "custom-model" if self.category is Category.MODEL else "custom-embedding"

    @property
    def is_embedding(self) -> bool:
        """Whether its model creates embeddings; no chat is sent to it."""
        return self.category is Category.EMBEDDING

    @property
    def test_text(self) -> str:
        """The text of a test: the field, or the default of the category."""
        is_given = self.test_prompt.strip() and self.test_prompt != DEFAULT_TEST_PROMPT
        return self.test_prompt if is_given or not self.is_embedding else DEFAULT_TEST_TEXT

    @property
    def price(self) -> Price:
        """The prices and their currency; embeddings have no output to charge for."""
        output = Decimal(0) if self.category is Category.EMBEDDING else self.output_price
        if self.input_price is None and self.category is Category.EMBEDDING:
            output = None
        return Price(self.input_price, output, self.currency, self.cached_input_price, self.gpu_hour_price)

    @property
    def is_active(self) -> bool:
        """Whether the provider can be selected for a chat."""
        return self.state is State.ACTIVE
