"""Between a provider and the texts of its form, both ways. The rules themselves are in ``core``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar, cast

from tui.core.extra_fields import read_body, read_headers, write_body, write_headers
from tui.core.key_reference import STORED, KeyReference, parse_key_reference
from tui.core.provider import (
    Category,
    KeyHeader,
    Provider,
    Sampling,
    SendBack,
    State,
    Thinking,
    TlsSettings,
)
from tui.core.provider_rules import NUMBER_RANGES, FieldProblem, check_number, check_price, check_provider
from tui.ui.providers.form_fields import ALL_FIELDS, NO, NOT_SET, YES

Value = TypeVar("Value")

_SHOWN_AT = {"allow_unencrypted_key": "api_key"}
"""Problems of what has no row of its own."""
_UNSENT = frozenset(
    ("name", "display_name", "type", "sub_type", "is_default", "is_remote", "state")
)  # fmt: skip
"""Fields that change nothing about what is sent, nor how it is counted."""
_PRICES = frozenset(("input_price", "output_price", "currency"))
_ORDER = {field.name: position for position, field in enumerate(ALL_FIELDS)}


@dataclass(frozen=True, slots=True)
class Reading:
    """A form as read: the provider as far as it could be, and what is wrong."""

    provider: Provider
    problems: tuple[FieldProblem, ...]

    @property
    def errors(self) -> tuple[FieldProblem, ...]:
        """What keeps the provider from being saved, in the order of the form."""
        return tuple(problem for problem in self.problems if problem.is_error)

    def at(self, name: str) -> tuple[FieldProblem, ...]:
        """Return the problems shown at a field, errors first."""
        found = [problem for problem in self.problems if row_of(problem) == name]
        return tuple(sorted(found, key=lambda problem: not problem.is_error))


def row_of(problem: FieldProblem) -> str:
    """Return the name of the row under which a problem is shown."""
    return _SHOWN_AT.get(problem.field, problem.field)


def values_of(provider: Provider) -> dict[str, str]:
    """Return the text of every field."""
    sampling, tls = provider.sampling, provider.tls
    return {
        "name": provider.name,
        "display_name": provider.display_name,
        "category": provider.category.value,
        "type": provider.type,
        "sub_type": provider.sub_type,
        "compatible_provider": provider.compatible_provider,
        "input_price": _decimal_text(provider.input_price),
        "output_price": _decimal_text(provider.output_price),
        "currency": provider.currency,
        "api_key": "" if provider.api_key is None else str(provider.api_key),
        "test_prompt": provider.test_text,
        "provider_url": provider.provider_url,
        "is_default": _flag(provider.is_default),
        "is_remote": _flag(provider.is_remote),
        "state": provider.state.value,
        "thinking": provider.thinking.value if provider.thinking else NOT_SET,
        "send_back": provider.send_back.value if provider.send_back else NOT_SET,
        "system_prompt": provider.system_prompt,
        **{name: _number_text(getattr(sampling, name)) for name in NUMBER_RANGES},
        "key_header": provider.key_header.value,
        "extra_headers": write_headers(provider.extra_headers),
        "extra_body": write_body(provider.extra_body),
        "ca_file": tls.ca_file or "",
        "client_certificate": tls.client_certificate or "",
        "client_key": tls.client_key or "",
        "pinned_sha256": tls.pinned_sha256 or "",
        "insecure": _flag(tls.insecure),
    }


def tested_values(values: Mapping[str, str]) -> dict[str, str]:
    """Return the texts that the result of a test depends on; prices only where it shows a cost."""
    unused = _UNSENT if values["category"] == Category.EMBEDDING.value else _UNSENT | _PRICES
    return {name: text for name, text in values.items() if name not in unused}


def read_form(
    values: Mapping[str, str],
    original: Provider,
    other_names: Collection[str],
    *,
    allow_unencrypted_key: bool = False,
) -> Reading:
    """Read the texts of a form over the provider it was opened with, and check them by the shared rules."""
    found: list[FieldProblem] = []
    category = Category(values["category"])
    headers = _keep(found, read_headers(values["extra_headers"]))
    body = _keep(found, read_body(values["extra_body"]))
    input_price = _keep(found, check_price(values["input_price"], "input_price"))
    output_text = values["output_price"] if category is Category.MODEL else ""
    output_price = _keep(found, check_price(output_text, "output_price"))
    opened = values_of(original)
    provider = replace(
        original,
        refusals=tuple(
            item for item in original.refusals if all(values[name] == opened[name] for name in item.fields)
        ),
        name=values["name"],
        display_name=values["display_name"],
        category=category,
        compatible_provider=values["compatible_provider"],
        input_price=input_price,
        output_price=output_price,
        currency=values["currency"],
        api_key=read_key(values["api_key"]),
        test_prompt=values["test_prompt"].strip() or original.test_prompt,
        provider_url=values["provider_url"],
        is_default=values["is_default"] == YES,
        state=State(values["state"]),
        thinking=None if values["thinking"] == NOT_SET else Thinking(values["thinking"]),
        send_back=None if values["send_back"] == NOT_SET else SendBack(values["send_back"]),
        system_prompt=values["system_prompt"],
        sampling=_read_sampling(values, found),
        key_header=KeyHeader(values["key_header"]),
        extra_headers=headers,
        extra_body=body,
        tls=_read_tls(values),
        allow_unencrypted_key=allow_unencrypted_key,
    )
    found.extend(check_provider(provider, other_names, key_text=values["api_key"]))
    return Reading(provider, tuple(sorted(found, key=lambda problem: _ORDER.get(row_of(problem), 0))))


def read_key(text: str) -> KeyReference | None:
    """Return the reference that a key field means: of a literal key, that it is stored."""
    if not text.strip():
        return None
    return parse_key_reference(text) or STORED


def _keep(found: list[FieldProblem], result: tuple[Value, FieldProblem | None]) -> Value:
    value, problem = result
    if problem is not None:
        found.append(problem)
    return value


def _read_sampling(values: Mapping[str, str], found: list[FieldProblem]) -> Sampling:
    numbers = {name: _keep(found, check_number(name, values[name])) for name in NUMBER_RANGES}
    max_tokens = cast("int | None", numbers.pop("max_tokens"))
    return Sampling(**numbers, max_tokens=max_tokens)


def _read_tls(values: Mapping[str, str]) -> TlsSettings:
    return TlsSettings(
        ca_file=values["ca_file"].strip() or None,
        client_certificate=values["client_certificate"].strip() or None,
        client_key=values["client_key"].strip() or None,
        pinned_sha256=values["pinned_sha256"].strip() or None,
        insecure=values["insecure"] == YES,
    )


def _flag(value: bool) -> str:
    return YES if value else NO


def _decimal_text(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _number_text(value: float | None) -> str:
    return "" if value is None else f"{Decimal(str(value)):f}"


def changed_fields(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """Yield the names of the fields whose text differs."""
    return (name for name in after if before.get(name, "") != after[name])
