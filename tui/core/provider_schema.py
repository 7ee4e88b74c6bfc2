"""The fields of a provider, an entry each: all that the program knows of a field stands here.

The form, ``providers.toml``, the checks, Casibase's records, the flags of ``providers add`` and ``set``,
docs/providers.md and the JSON schema follow from this table. Its order is that of the form.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from tui.core.provider import ApiKeyHeader, Category, ReasoningReplay, State, Thinking
from tui.core.provider_field import Kind, ProviderField, Section
from tui.core.provider_rules import (
    check_currency,
    check_display_name,
    check_headers,
    check_key,
    check_model,
    check_name,
    check_tls,
    check_unencrypted_key,
    check_url,
)
from tui.core.usage import CURRENCIES

_REFERENCE_HELP = (
    "Four ways: env:NAME takes it from an environment variable, cmd:PROGRAM ARGUMENTS from the first line "
    "a program prints, file:PATH from a file that only you can read. Anything else is the key itself, kept "
    "in credentials.toml, readable by you alone. Leave it empty where the server wants none."
)
_local = partial(ProviderField, is_sent=False)
"""Changes nothing about what is sent."""
_locked = partial(_local, kind=Kind.LOCKED)
_advanced = partial(ProviderField, section=Section.ADVANCED)
_tls = partial(
    _advanced, kind=Kind.PATH, group="tls", is_nested=True, is_security=True, lost_as="TLS settings"
)


def _sampling(name: str, label: str, bounds: tuple[int, int], key: str, always: float) -> ProviderField:
    """Return a number that the server chooses where none is given; records of Casibase always state one."""
    text = f"{bounds[0]} to {bounds[1]}; empty: the server's own."
    field = _advanced(name, label, text, Kind.NUMBER, "server's own", group="sampling", bounds=bounds)
    return replace(field, casibase_key=key, casibase_default=always)


FIELDS: tuple[ProviderField, ...] = (
    _local(
        "name",
        "Name",
        "What you call it on the command line. Letters, digits, dots, underscores and hyphens. "
        "Renaming keeps the history of its chats.",
        placeholder="my-server",
        rule=lambda name, checked: check_name(name, checked.other_names),
        is_in_toml=False,
        flag="rename",
    ),
    _local(
        "display_name",
        "Display name",
        "What the screens call it. Empty: the name.",
        placeholder="the same as Name",
        rule=lambda text, _: check_display_name(text),
    ),
    ProviderField(
        "category",
        "Category",
        "Model chats; Embedding turns texts into vectors and cannot be picked for a chat.",
        Kind.CHOICE,
        words=Category,
    ),
    _locked("type", "Type", "Always Local: an endpoint that speaks the OpenAI protocol."),
    _locked("sub_type", "Sub type", "Follows from the category."),
    ProviderField(
        "compatible_provider",
        "Compatible provider",
        "The model's name as the server knows it. The list is what the endpoint offers right now; any other "
        "name is accepted too.",
        Kind.MODEL,
        "qwen-plus",
        rule=lambda text, _: check_model(text),
        flag="model",
        attribute="model",
    ),
    ProviderField(
        "input_price",
        "Input price / 1k tokens",
        "What 1,000 prompt tokens cost. 0 is free; empty says nothing about money. Every digit counts.",
        Kind.PRICE,
        "0.0005",
        casibase_key="inputPricePerThousandTokens",
    ),
    ProviderField(
        "output_price",
        "Output price / 1k tokens",
        "What 1,000 generated tokens cost, those of the reasoning included.",
        Kind.PRICE,
        "0.0015",
        casibase_key="outputPricePerThousandTokens",
    ),
    ProviderField(
        "currency",
        "Currency",
        "The currency of both prices.",
        Kind.CHOICE,
        words=CURRENCIES,
        rule=lambda text, _: check_currency(text),
    ),
    ProviderField(
        "api_key",
        "API key",
        _REFERENCE_HELP,
        Kind.KEY,
        "env:NAME, cmd:…, file:PATH, the key, or nothing",
        rule=lambda _, checked: check_key(checked.key_text),
        is_security=True,
        casibase_key="clientSecret",
    ),
    ProviderField(
        "test_prompt",
        "Provider test",
        "The text that F5 sends with the values as they stand, saved or not: as a chat, or for its vector.",
        Kind.TEST,
        casibase_key="testContent",
    ),
    ProviderField(
        "provider_url",
        "Provider URL",
        "The base URL of the server, usually ending in /v1. The address that is really used stands below it.",
        placeholder="http://localhost:8000/v1",
        rule=lambda text, _: check_url(text),
        flag="url",
    ),
    _local(
        "is_default",
        "Is default",
        "The provider used where none is named. One a category.",
        Kind.FLAG,
        is_in_toml=False,
        flag="default",
    ),
    _locked("is_remote", "Is remote", "Built in, or from a site-wide file: view-only."),
    _local(
        "state",
        "State",
        "An inactive provider stays in the list and cannot be picked for a chat.",
        Kind.CHOICE,
        words=State,
    ),
    _local(
        "created_time",
        "Created",
        "When it was added: ISO 8601 with zone. Written by lmdeck.",
        Kind.TIME,
        section=Section.NONE,
        casibase_key="createdTime",
    ),
    _advanced(
        "thinking",
        "Thinking",
        "How much the model should think, where it can be told. Not set leaves it to the server.",
        Kind.CHOICE,
        words=Thinking,
    ),
    _advanced(
        "send_back",
        "Send reasoning back",
        "Whether past reasoning travels with the next prompt. Most models want it left out. Not set: as "
        "config.toml says, without a line there never.",
        Kind.CHOICE,
        words=ReasoningReplay,
        lost_as="sending the reasoning back ({})",
        attribute="reasoning_replay",
    ),
    _advanced(
        "system_prompt",
        "System prompt",
        "Stands before every chat with this provider.",
        Kind.LINES,
        lost_as="the system prompt",
    ),
    _sampling("temperature", "Temperature", (0, 2), "temperature", 1),
    _sampling("top_p", "Top P", (0, 1), "topP", 1),
    _sampling("frequency_penalty", "Frequency penalty", (-2, 2), "frequencyPenalty", 0),
    _sampling("presence_penalty", "Presence penalty", (-2, 2), "presencePenalty", 0),
    _advanced(
        "max_tokens",
        "Max tokens",
        "The longest answer, reasoning included; empty: the limit in config.toml, or the server's own.",
        Kind.COUNT,
        "config.toml's, or the server's own",
        group="sampling",
        bounds=(1, 100_000_000),
    ),
    _advanced(
        "key_header",
        "Key header",
        "The header that carries the key. Almost every server wants bearer; Azure wants api-key.",
        Kind.CHOICE,
        words=ApiKeyHeader,
        is_security=True,
        lost_as="the key's header ({})",
    ),
    ProviderField(
        "allow_unencrypted_key",
        "Allow an unencrypted key",
        "The API key may travel over plain http:// to a host that is not this machine.",
        Kind.FLAG,
        section=Section.NONE,
        shown_at="api_key",
        rule=lambda allowed, checked: check_unencrypted_key(
            checked.provider.provider_url, has_key=bool(checked.key_text), allowed=allowed
        ),
        is_security=True,
        lost_as="that the key may go unencrypted",
    ),
    _advanced(
        "extra_headers",
        "Extra headers",
        "One Name: value a line, sent with every request.",
        Kind.HEADERS,
        rule=lambda headers, checked: check_headers(
            headers, checked.provider.key_header if checked.key_text else None
        ),
        is_security=True,
        flag="header",
    ),
    _advanced(
        "extra_body",
        "Extra body",
        "Parameters added to every request: a JSON object, or lines of TOML such as top_k = 20.",
        Kind.BODY,
    ),
    _tls(
        "ca_file",
        "CA file",
        "A PEM file with the certificate authority of your organisation.",
        placeholder="the system's own",
    ),
    _tls("client_certificate", "Client certificate", "A PEM file, where the server asks for one."),
    _tls("client_key", "Client key", "The private key of the client certificate, a PEM file."),
    _tls(
        "pinned_sha256",
        "Pinned certificate",
        "The SHA-256 of the server's certificate, 64 digits 0-9 and a-f: the only one accepted then.",
        flag="pin",
    ),
    _tls(
        "insecure",
        "Skip TLS verification",
        "Yes accepts any certificate: anybody on the way can read and change everything. "
        "It stays marked on screen.",
        kind=Kind.FLAG,
        rule=lambda _, checked: check_tls(checked.provider.tls),
    ),
)

BY_NAME = {field.name: field for field in FIELDS}
SETTABLE = tuple(field for field in FIELDS if field.kind is not Kind.LOCKED)
MAIN_ROWS = tuple(field for field in FIELDS if field.section is Section.MAIN)
"""The rows of the form that everybody sees."""
ADVANCED_ROWS = tuple(field for field in FIELDS if field.section is Section.ADVANCED)
ROWS = MAIN_ROWS + ADVANCED_ROWS
IN_TOML = tuple(sorted((field for field in SETTABLE if field.is_in_toml), key=lambda field: field.toml_rank))
"""What a provider's table may hold, in the order in which it is written."""
