"""The fields of a provider, one entry each.

The form, ``providers.toml``, the checks, Casibase's records, the flags of ``providers add`` and ``set``,
docs/providers.md and the JSON schema are all derived from this table. Its order is that of the form.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from tui.core.provider import ApiKeyHeader, Category, ReasoningReplay, State, Thinking
from tui.core.provider_field import NO, NOT_SET, YES, Kind, ProviderField, Section
from tui.core.provider_rules import (
    check_body,
    check_currency,
    check_display_name,
    check_headers,
    check_key,
    check_model,
    check_name,
    check_output_price,
    check_tls,
    check_unencrypted_key,
    check_url,
)
from tui.core.usage import CURRENCIES

_local = partial(ProviderField, is_sent=False)
"""A field that does not affect requests."""
_locked = partial(_local, kind=Kind.LOCKED)
_advanced = partial(ProviderField, section=Section.ADVANCED)
_tls = partial(
    _advanced, kind=Kind.PATH, group="tls", is_nested=True, is_security=True, lost_as="TLS settings"
)


SERVER_DEFAULT = "server default"
_FLAG_LABELS = {NO: "No", YES: "Yes"}


def _sampling(name: str, label: str, bounds: tuple[int, int], key: str, always: float) -> ProviderField:
    """Return a numeric field that is left to the server by default; Casibase records always have a value."""
    text = f"{bounds[0]} to {bounds[1]}. Empty: the server's default."
    field = _advanced(name, label, text, Kind.NUMBER, SERVER_DEFAULT, group="sampling", bounds=bounds)
    return replace(field, casibase_key=key, casibase_default=always)


FIELDS: tuple[ProviderField, ...] = (
    _local(
        "name",
        "Name",
        "The name used on the command line: letters, digits, dots, underscores and hyphens. "
        "Renaming keeps the chat history.",
        placeholder="e.g. my-server",
        rule=lambda name, checked: check_name(name, checked.other_names),
        is_in_toml=False,
        flag="rename",
    ),
    _local(
        "display_name",
        "Display name",
        "The name shown in lists and chats. Empty: same as Name.",
        placeholder="same as Name",
        rule=lambda text, _: check_display_name(text),
    ),
    ProviderField(
        "category",
        "Category",
        "Model: chats. Embedding: turns text into vectors, can't be used in a chat.",
        Kind.CHOICE,
        words=Category,
    ),
    _locked("type", "Type", "Always Local: a server with an OpenAI-compatible API."),
    _locked("sub_type", "Sub type", "Set by the category."),
    ProviderField(
        "compatible_provider",
        "Compatible provider",
        "The model name sent to the server. Any name is accepted.",
        Kind.MODEL,
        "e.g. qwen-plus",
        rule=lambda text, _: check_model(text),
        flag="model",
        attribute="model",
    ),
    ProviderField(
        "input_price",
        "Input price / 1k tokens",
        "Price of 1,000 prompt tokens. 0: free. Empty: unknown. Every digit is kept.",
        Kind.PRICE,
        "e.g. 0.0005",
        casibase_key="inputPricePerThousandTokens",
    ),
    ProviderField(
        "output_price",
        "Output price / 1k tokens",
        "Price of 1,000 generated tokens, reasoning included. 0: free. Empty: unknown.",
        Kind.PRICE,
        "e.g. 0.0015",
        rule=lambda amount, checked: check_output_price(amount, is_embedding=checked.provider.is_embedding),
        casibase_key="outputPricePerThousandTokens",
    ),
    ProviderField(
        "currency",
        "Currency",
        "The currency of all prices.",
        Kind.CHOICE,
        words=CURRENCIES,
        rule=lambda text, _: check_currency(text),
    ),
    ProviderField(
        "api_key",
        "API key",
        "env:NAME reads an environment variable, cmd:PROGRAM its output, file:PATH a file. Anything else is "
        "the key itself, stored for you alone. Empty: no key.",
        Kind.KEY,
        "e.g. env:OPENAI_API_KEY",
        rule=lambda _, checked: check_key(checked.key_text),
        is_security=True,
        casibase_key="clientSecret",
    ),
    ProviderField(
        "test_prompt",
        "Provider test",
        "The text that Test sends, with the current values, saved or not.",
        Kind.TEST,
        casibase_key="testContent",
    ),
    ProviderField(
        "provider_url",
        "Provider URL",
        "The base URL of the server, usually ending in /v1.",
        placeholder="e.g. http://localhost:8000/v1",
        rule=lambda text, _: check_url(text),
        flag="url",
    ),
    _local(
        "is_default",
        "Is default",
        "Use this provider when none is named. One per category.",
        Kind.FLAG,
        labels=_FLAG_LABELS,
        is_in_toml=False,
        flag="default",
    ),
    _locked("is_remote", "Is remote", "Yes: from a site-wide file, read-only."),
    _local(
        "state",
        "State",
        "Inactive: stays in the list, can't be used in a chat.",
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
        "How much the model reasons, if the server supports it.",
        Kind.CHOICE,
        words=Thinking,
        labels={NOT_SET: "Server default", **{level.value: level.label for level in Thinking}},
    ),
    _advanced(
        "send_back",
        "Send reasoning back",
        "Whether earlier reasoning is sent with the next prompt; most models expect none. "
        "Default: send_back in config.toml, else never.",
        Kind.CHOICE,
        words=ReasoningReplay,
        labels={
            NOT_SET: "Default",
            ReasoningReplay.NEVER: "Never",
            ReasoningReplay.WHEN_DEMANDED: "Only if required",
            ReasoningReplay.ALWAYS: "Always",
        },
        lost_as="sending the reasoning back ({})",
        attribute="reasoning_replay",
    ),
    _advanced(
        "system_prompt",
        "System prompt",
        "Sent before every chat with this provider.",
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
        "Longest answer in tokens, reasoning included. Empty: as in config.toml, else the server's default.",
        Kind.COUNT,
        SERVER_DEFAULT,
        group="sampling",
        bounds=(1, 100_000_000),
    ),
    _advanced(
        "cached_input_price",
        "Cached input price / 1k tokens",
        "Price of 1,000 prompt tokens that the server reads from its cache. Empty: same as the input price.",
        Kind.PRICE,
        "same as the input price",
        lost_as="the price of cached input",
    ),
    _advanced(
        "gpu_hour_price",
        "Price / GPU hour",
        "Price of an hour of your own hardware, shown beside the cost of the tokens. Empty: unknown.",
        Kind.PRICE,
        "e.g. 2.40",
        is_sent=False,
        lost_as="the price of a GPU hour",
    ),
    _advanced(
        "key_header",
        "Key header",
        "The header that carries the key. Most servers expect bearer, Azure expects api-key.",
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
        labels=_FLAG_LABELS,
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
        "Sent with every request, one Name: value per line.",
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
        "Parameters added to every request: a JSON object, or lines of TOML, e.g. top_k = 20.",
        Kind.BODY,
        rule=lambda body, checked: check_body(body),
    ),
    _tls(
        "ca_file",
        "CA file",
        "A PEM file with the certificate authority of your organisation.",
        placeholder="system default",
    ),
    _tls("client_certificate", "Client certificate", "A PEM file, if the server requires one."),
    _tls("client_key", "Client key", "The private key of the client certificate, a PEM file."),
    _tls(
        "pinned_sha256",
        "Pinned certificate",
        "SHA-256 of the server's certificate, as openssl prints it. No other certificate is accepted.",
        flag="pin",
        kind=Kind.PIN,
    ),
    _tls(
        "insecure",
        "Skip TLS verification",
        "Yes: accept any certificate. Others on the network can then read and change everything; "
        "screens show a warning.",
        kind=Kind.FLAG,
        labels=_FLAG_LABELS,
        rule=lambda _, checked: check_tls(checked.provider.tls),
    ),
)

BY_NAME = {field.name: field for field in FIELDS}
SETTABLE = tuple(field for field in FIELDS if field.kind is not Kind.LOCKED)
MAIN_ROWS = tuple(field for field in FIELDS if field.section is Section.MAIN)
"""The rows of the form outside the advanced part."""
ADVANCED_ROWS = tuple(field for field in FIELDS if field.section is Section.ADVANCED)
ROWS = MAIN_ROWS + ADVANCED_ROWS
IN_TOML = tuple(sorted((field for field in SETTABLE if field.is_in_toml), key=lambda field: field.toml_rank))
"""The fields of a provider's table, in the order in which they are written."""
