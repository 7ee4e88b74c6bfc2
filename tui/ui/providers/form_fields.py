"""The rows of the provider form, in their order, as data: labels, kinds, choices, what the help says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from tui.core.provider import Category, KeyHeader, SendBack, State, Thinking
from tui.core.usage import CURRENCIES


class Kind(Enum):
    """How a field is edited."""

    TEXT = auto()
    LINES = auto()
    CHOICE = auto()
    LOCKED = auto()
    KEY = auto()
    MODEL = auto()


@dataclass(frozen=True, slots=True)
class FormField:
    """One row."""

    name: str
    """The field's name in ``Provider``, ``Sampling`` or ``TlsSettings``."""
    label: str
    kind: Kind
    help: str
    placeholder: str = ""
    choices: tuple[str, ...] = ()


NOT_SET = "not set"
YES, NO = "yes", "no"

_REFERENCE_HELP = (
    "Four ways: env:NAME takes it from an environment variable, cmd:PROGRAM ARGUMENTS from the first line "
    "a program prints, file:PATH from a file that only you can read. Anything else is the key itself, kept "
    "in credentials.toml, readable by you alone. Leave it empty where the server wants none."
)

FIELDS: tuple[FormField, ...] = (
    FormField(
        "name",
        "Name",
        Kind.TEXT,
        "What you call it on the command line. Letters, digits, dots, underscores and hyphens. "
        "Renaming keeps the history of its chats.",
        "my-server",
    ),
    FormField(
        "display_name",
        "Display name",
        Kind.TEXT,
        "What the screens call it. Empty: the name.",
        "the same as Name",
    ),
    FormField(
        "category",
        "Category",
        Kind.CHOICE,
        "Model chats; Embedding turns texts into vectors and cannot be picked for a chat.",
        choices=tuple(category.value for category in Category),
    ),
    FormField("type", "Type", Kind.LOCKED, "Always Local: an endpoint that speaks the OpenAI protocol."),
    FormField("sub_type", "Sub type", Kind.LOCKED, "Follows from the category."),
    FormField(
        "compatible_provider",
        "Compatible provider",
        Kind.MODEL,
        "The model's name as the server knows it. The list is what the endpoint offers right now; any other "
        "name is accepted too.",
        "qwen-plus",
    ),
    FormField(
        "input_price",
        "Input price / 1k tokens",
        Kind.TEXT,
        "What 1,000 prompt tokens cost. 0 is free; empty says nothing about money. Every digit counts.",
        "0.0005",
    ),
    FormField(
        "output_price",
        "Output price / 1k tokens",
        Kind.TEXT,
        "What 1,000 generated tokens cost, those of the reasoning included.",
        "0.0015",
    ),
    FormField("currency", "Currency", Kind.CHOICE, "The currency of both prices.", choices=CURRENCIES),
    FormField(
        "api_key", "API key", Kind.KEY, _REFERENCE_HELP, "env:NAME, cmd:…, file:PATH, the key, or nothing"
    ),
    FormField(
        "test_prompt",
        "Provider test",
        Kind.TEXT,
        "The text that F5 sends with the values as they stand, saved or not: as a chat, or for its vector.",
    ),
    FormField(
        "provider_url",
        "Provider URL",
        Kind.TEXT,
        "The base URL of the server, usually ending in /v1. The address that is really used stands below it.",
        "http://localhost:8000/v1",
    ),
    FormField(
        "is_default",
        "Is default",
        Kind.CHOICE,
        "The provider used where none is named. One a category.",
        choices=(NO, YES),
    ),
    FormField("is_remote", "Is remote", Kind.LOCKED, "Built in, or from a site-wide file: view-only."),
    FormField(
        "state",
        "State",
        Kind.CHOICE,
        "An inactive provider stays in the list and cannot be picked for a chat.",
        choices=tuple(state.value for state in State),
    ),
)
"""The rows that everybody sees."""

ADVANCED: tuple[FormField, ...] = (
    FormField(
        "thinking",
        "Thinking",
        Kind.CHOICE,
        "How much the model should think, where it can be told. Not set leaves it to the server.",
        choices=(NOT_SET, *(level.value for level in Thinking)),
    ),
    FormField(
        "send_back",
        "Send reasoning back",
        Kind.CHOICE,
        "Whether past reasoning travels with the next prompt. Most models want it left out. Not set: as "
        "config.toml says, without a line there never.",
        choices=(NOT_SET, *(policy.value for policy in SendBack)),
    ),
    FormField(
        "system_prompt",
        "System prompt",
        Kind.LINES,
        "Stands before every chat with this provider.",
    ),
    FormField("temperature", "Temperature", Kind.TEXT, "0 to 2; empty: the server's own.", "server's own"),
    FormField("top_p", "Top P", Kind.TEXT, "0 to 1; empty: the server's own.", "server's own"),
    FormField(
        "frequency_penalty",
        "Frequency penalty",
        Kind.TEXT,
        "-2 to 2; empty: the server's own.",
        "server's own",
    ),
    FormField(
        "presence_penalty", "Presence penalty", Kind.TEXT, "-2 to 2; empty: the server's own.", "server's own"
    ),
    FormField(
        "max_tokens",
        "Max tokens",
        Kind.TEXT,
        "The longest answer, reasoning included; empty: the limit in config.toml, or the server's own.",
        "config.toml's, or the server's own",
    ),
    FormField(
        "key_header",
        "Key header",
        Kind.CHOICE,
        "The header that carries the key. Almost every server wants bearer; Azure wants api-key.",
        choices=tuple(header.value for header in KeyHeader),
    ),
    FormField(
        "extra_headers", "Extra headers", Kind.LINES, "One Name: value a line, sent with every request."
    ),
    FormField(
        "extra_body",
        "Extra body",
        Kind.LINES,
        "Parameters added to every request: a JSON object, or lines of TOML such as top_k = 20.",
    ),
    FormField(
        "ca_file",
        "CA file",
        Kind.TEXT,
        "A PEM file with the certificate authority of your organisation.",
        "the system's own",
    ),
    FormField(
        "client_certificate", "Client certificate", Kind.TEXT, "A PEM file, where the server asks for one."
    ),
    FormField(
        "client_key", "Client key", Kind.TEXT, "The private key of the client certificate, a PEM file."
    ),
    FormField(
        "pinned_sha256",
        "Pinned certificate",
        Kind.TEXT,
        "The SHA-256 of the server's certificate, 64 digits 0-9 and a-f: the only one accepted then.",
    ),
    FormField(
        "insecure",
        "Skip TLS verification",
        Kind.CHOICE,
        "Yes accepts any certificate: anybody on the way can read and change everything. "
        "It stays marked on screen.",
        choices=(NO, YES),
    ),
)
"""The rows behind *Advanced*."""

ALL_FIELDS = FIELDS + ADVANCED
