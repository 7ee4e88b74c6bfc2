"""Converts between a provider and the texts of its fields (form, flags), and validates whole providers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tui.core.api_key_reference import STORED, ApiKeyReference, parse_api_key_reference
from tui.core.certificate_pin import normal_pin
from tui.core.extra_fields import read_body, read_headers, write_body, write_headers
from tui.core.figures import exact_amount
from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Category, Provider
from tui.core.provider_field import NO, NOT_SET, YES, Checked, Kind, ProviderField, with_values
from tui.core.provider_rules import FieldProblem, check_amount, check_number, check_price, plain_number
from tui.core.provider_schema import BY_NAME, FIELDS, ROWS, SETTABLE
from tui.texts import fields as texts

_PRICES = frozenset(("input_price", "output_price", "cached_input_price", "currency"))
_ORDER = {field.name: position for position, field in enumerate(ROWS)}


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of reading a form: the provider with all valid values, and the problems."""

    provider: Provider
    problems: tuple[FieldProblem, ...]

    @property
    def errors(self) -> tuple[FieldProblem, ...]:
        """The problems that prevent saving, in the order of the form."""
        return tuple(problem for problem in self.problems if problem.is_error)

    def at(self, name: str) -> tuple[FieldProblem, ...]:
        """Return the problems shown at a field, errors first."""
        found = [problem for problem in self.problems if row_of(problem) == name]
        return tuple(sorted(found, key=lambda problem: not problem.is_error))


def row_of(problem: FieldProblem) -> str:
    """Return the name of the row where a problem is shown."""
    field = BY_NAME.get(problem.field)
    return field.shown_at if field is not None and field.shown_at else problem.field


def check_provider(
    provider: Provider, other_names: Collection[str], *, key_text: str | None = None
) -> tuple[FieldProblem, ...]:
    """Check a whole provider, in the order of the form.

    Args:
        other_names: the names of all other providers.
        key_text: the text of the API key field, if available; otherwise the provider's reference is checked.
    """
    stored = "" if provider.api_key is None else str(provider.api_key)
    checked = Checked(provider, other_names, stored if key_text is None else key_text)
    return (
        *(problem for field in FIELDS for problem in _problems(field, checked)),
        *(
            FieldProblem(
                refusal.fields[0], texts.IN_FILE.format(setting=refusal.setting, problem=refusal.message)
            )
            for refusal in provider.refusals
        ),
    )


def _problems(field: ProviderField, checked: Checked) -> tuple[FieldProblem, ...]:
    value = field.of(checked.provider)
    found: FieldProblem | tuple[FieldProblem, ...] | None = None
    if field.rule is not None:
        found = field.rule(value, checked)
    elif field.kind is Kind.PRICE:
        found = check_amount(value, field.name)
    elif field.kind in (Kind.NUMBER, Kind.COUNT) and value is not None:
        found = read_number(field, plain_number(value))[1]
    return found if isinstance(found, tuple) else () if found is None else (found,)


def per_million(price: str, currency: str) -> str:
    """Return a price per 1,000 tokens as a price per million, which services use; empty unless above 0."""
    amount, _ = check_price(price)
    return f"{exact_amount(amount * 1000)} {currency}" if amount else ""


def read_number(field: ProviderField, text: str) -> tuple[float | int | None, FieldProblem | None]:
    """Parse a number; an empty text leaves it to the server."""
    return check_number(field.name, field.label, field.bounds, text, is_whole=field.kind is Kind.COUNT)


def text_of(field: ProviderField, provider: Provider) -> str:
    """Return the text of one field."""
    value: Any = provider.test_text if field.kind is Kind.TEST else field.of(provider)
    if field.kind is Kind.HEADERS:
        return write_headers(value)
    if field.kind is Kind.BODY:
        return write_body(value)
    if value is None:
        return NOT_SET if field.kind is Kind.CHOICE else ""
    if isinstance(value, bool):
        return YES if value else NO
    return f"{Decimal(str(value)):f}" if isinstance(value, Decimal | float | int) else str(value)


def values_of(provider: Provider) -> dict[str, str]:
    """Return the text of every row of the form."""
    return {field.name: text_of(field, provider) for field in ROWS}


def tested_values(values: Mapping[str, str]) -> dict[str, str]:
    """Return the texts that affect the result of a test; prices only if it shows a cost."""
    unused = frozenset() if values["category"] == Category.EMBEDDING.value else _PRICES
    return {name: text for name, text in values.items() if BY_NAME[name].is_sent and name not in unused}


def read_form(
    values: Mapping[str, str],
    original: Provider,
    other_names: Collection[str],
    *,
    allow_unencrypted_key: bool = False,
) -> Reading:
    """Read a form into the provider that it was opened with, and validate it with the shared rules."""
    opened = values_of(original)
    kept = tuple(
        item for item in original.refusals if all(values[name] == opened[name] for name in item.fields)
    )
    start = replace(original, refusals=kept, allow_unencrypted_key=allow_unencrypted_key)
    found: list[FieldProblem] = []
    read: dict[ProviderField, Any] = {}
    for field in SETTABLE:
        if field.name in values:
            read[field], problem = _read(field, values[field.name], original)
            found += [problem] if problem is not None else []
    provider = with_values(start, read)
    found.extend(check_provider(provider, other_names, key_text=values["api_key"]))
    return Reading(provider, tuple(sorted(found, key=lambda problem: _ORDER.get(row_of(problem), 0))))


def _read(field: ProviderField, text: str, original: Provider) -> tuple[Any, FieldProblem | None]:
    """Return the value of a text, as far as it can be parsed, and the problem, if any."""
    match field.kind:
        case Kind.PRICE:
            return check_price(text, field.name)
        case Kind.NUMBER | Kind.COUNT:
            return read_number(field, text)
        case Kind.HEADERS:
            return read_headers(text)
        case Kind.BODY:
            return read_body(text)
        case Kind.FLAG:
            return text == YES, None
        case Kind.CHOICE if isinstance(field.words, type):
            return (None if text == NOT_SET else field.words(text)), None
        case Kind.KEY:
            return read_key(text), None
        case Kind.PATH:
            return text.strip() or None, None
        case Kind.PIN:
            return normal_pin(text) or text.strip() or None, None
        case Kind.TEST:
            return text.strip() or field.of(original), None
    return text, None


def read_key(text: str) -> ApiKeyReference | None:
    """Return the reference in a key field; for a literal key, the one to stored keys."""
    if not text.strip():
        return None
    return parse_api_key_reference(text) or STORED


def changed_fields(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """Yield the names of the fields whose text differs."""
    return (name for name in after if before.get(name, "") != after[name])
