"""Validation rules for a provider's fields, shared by the form, the TOML reader and the command line.

A problem's message says what to write instead; its repair is the corrected text of the field.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping
from decimal import Decimal

from tui.core.api_key_reference import ApiKeyKind, parse_api_key_reference
from tui.core.api_key_rules import key_problem
from tui.core.certificate_pin import normal_pin
from tui.core.endpoint_url import inspect_url
from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.core.provider import ApiKeyHeader, TlsSettings
from tui.core.provider_names import is_same_name
from tui.core.safe_text import replace_hidden, safe_line
from tui.core.usage import CURRENCIES
from tui.texts import fields as texts

LONGEST_NAME = 100
LONGEST_TEXT = 300
LONGEST_PRICE = 40
"""The maximum length of a price in characters: more than any currency needs, few enough to display."""

_NAME = lazy_pattern(r"[A-Za-z0-9._-]+")
_PRICE = lazy_pattern(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")
_EXPONENT = lazy_pattern(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE]([+-]?[0-9]{1,2})")
_WHOLE = lazy_pattern(r"[0-9]{1,9}")
_NUMBER = lazy_pattern(r"-?([0-9]{1,9}(\.[0-9]{0,12})?|\.[0-9]{1,12})")
_HEADER_NAME = lazy_pattern(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OWN_HEADERS = frozenset(
    {
        "proxy-authorization",
        "host",
        "content-length",
        "content-type",
        "transfer-encoding",
        "connection",
    }
)


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A problem with one field of a provider."""

    field: str
    """The field's name in ``Provider``, ``Sampling`` or ``TlsSettings``."""
    message: str
    repair: str | None = dataclasses.field(default=None, repr=False)
    """The corrected text; not in ``repr`` because it can be a key."""
    is_error: bool = True
    cause: str = "provider-invalid"


def check_name(text: str, other_names: Collection[str] = ()) -> FieldProblem | None:
    """Check a name: unique, 1 to 100 letters, digits, dots, underscores or hyphens (not first)."""
    if not text:
        return FieldProblem("name", texts.NAME_MISSING)
    if not _NAME.fullmatch(text) or not text.strip("."):
        message = texts.NAME_CHARACTERS
        return FieldProblem("name", message, _free_name(_plain_name(text), other_names))
    if text.startswith("-"):
        message = texts.NAME_HYPHEN
        return FieldProblem("name", message, _free_name(_plain_name(text), other_names))
    if len(text) > LONGEST_NAME:
        message = texts.NAME_LONG.format(most=LONGEST_NAME, count=len(text))
        return FieldProblem("name", message, _free_name(text[:LONGEST_NAME], other_names))
    if text in other_names or any(not name.isascii() and is_same_name(name, text) for name in other_names):
        message = texts.NAME_USED
        return FieldProblem("name", message, _free_name(text, other_names), cause="provider-exists")
    like = next((name for name in other_names if name.casefold() == text.casefold()), None)
    if like is not None:
        message = texts.NAME_CASE.format(name=safe_line(like))
        return FieldProblem("name", message, _free_name(text, other_names), is_error=False)
    return None


def check_display_name(text: str) -> FieldProblem | None:
    """Check a display name: optional, one line, at most 300 characters."""
    return _check_line("display_name", texts.DISPLAY_NAME, text)


def check_model(text: str) -> FieldProblem | None:
    """Check a model name: required, any text on one line without spaces around it."""
    if not text.strip():
        message = texts.MODEL_MISSING
        return FieldProblem("compatible_provider", message, cause="model-missing")
    if text != text.strip():
        message = texts.MODEL_SPACES
        return FieldProblem("compatible_provider", message, text.strip())
    return _check_line("compatible_provider", texts.MODEL_NAME, text)


def check_price(text: str, name: str = "input_price") -> tuple[Decimal | None, FieldProblem | None]:
    """Parse a price per 1,000 tokens without rounding; an empty text is no price."""
    bare = text.strip()
    if not bare:
        return None, None
    if len(bare) > LONGEST_PRICE:
        return None, FieldProblem(name, texts.PRICE_LONG.format(most=LONGEST_PRICE))
    if _PRICE.fullmatch(bare):
        return Decimal(bare), None
    if bare.startswith("-"):
        return None, FieldProblem(name, texts.PRICE_NEGATIVE)
    message = texts.PRICE_NUMBER
    return None, FieldProblem(name, message, _plain_price(bare))


def check_amount(amount: Decimal | None, name: str) -> FieldProblem | None:
    """Check a price that is already a number, from a file or an import."""
    if amount is None:
        return None
    if not amount.is_finite() or amount < 0:
        return FieldProblem(name, texts.PRICE_TYPE)
    if abs(amount.adjusted()) > LONGEST_PRICE or len(amount.as_tuple().digits) > LONGEST_PRICE:
        return FieldProblem(name, texts.PRICE_LONG.format(most=LONGEST_PRICE))
    return None


def check_output_price(amount: Decimal | None, *, is_embedding: bool) -> FieldProblem | None:
    """Check an output price; embeddings have none, but the category may change."""
    problem = check_amount(amount, "output_price")
    if problem is None and amount is not None and is_embedding:
        return FieldProblem("output_price", texts.PRICE_UNUSED, is_error=False)
    return problem


def check_currency(text: str) -> FieldProblem | None:
    """Check a currency: it must be one of those offered."""
    if text in CURRENCIES:
        return None
    upper = text.strip().upper()
    message = texts.ONE_OF.format(values=", ".join(CURRENCIES))
    return FieldProblem("currency", message, upper if upper in CURRENCIES else None)


def check_key(text: str) -> FieldProblem | None:
    """Check the text of an API key field: a reference, a key, or empty. The message never contains it."""
    problem = key_problem(text)
    if problem is None:
        reference = parse_api_key_reference(text)
        is_file = reference is not None and reference.kind is ApiKeyKind.FILE
        if reference is None or not is_file or reference.value.startswith(("/", "~/")):
            return None
        return FieldProblem("api_key", texts.PATH_RELATIVE)
    text = texts.KEY_DOUBTFUL if problem.is_doubtful else texts.KEY_INVALID
    message = text.format(reason=problem.reason)
    return FieldProblem("api_key", message, problem.repair, not problem.is_doubtful, "key-malformed")


def check_url(text: str) -> tuple[FieldProblem, ...]:
    """Check a provider's URL; errors come before warnings."""
    return tuple(
        FieldProblem("provider_url", problem.message, problem.repair, problem.is_error, problem.cause)
        for problem in inspect_url(text).problems
    )


def check_unencrypted_key(url: str, *, has_key: bool, allowed: bool) -> FieldProblem | None:
    """Warn if a key would be sent unencrypted without permission."""
    report = inspect_url(url)
    if not has_key or allowed or report.scheme != "http" or report.is_loopback or report.normalised is None:
        return None
    message = texts.KEY_UNENCRYPTED.format(host=report.host)
    return FieldProblem("allow_unencrypted_key", message, None, False, "key-unencrypted")


def check_number(
    name: str, label: str, bounds: tuple[int, int], text: str, *, is_whole: bool
) -> tuple[float | int | None, FieldProblem | None]:
    """Parse a number within bounds; an empty text leaves it to the server."""
    lowest, highest = bounds
    bare = text.strip()
    if not bare:
        return None, None
    message = (texts.WHOLE_NUMBER if is_whole else texts.NUMBER).format(
        label=label, lowest=lowest, highest=highest
    )
    if not (_WHOLE if is_whole else _NUMBER).fullmatch(bare):
        return None, FieldProblem(name, message)
    value = int(bare) if is_whole else float(bare)
    return (value, None) if lowest <= value <= highest else (None, FieldProblem(name, message))


def plain_number(value: float) -> str:
    """Format a number without exponent; NaN stays NaN and is rejected."""
    return str(value) if isinstance(value, int) else f"{value:.12f}".rstrip("0").rstrip(".")


def check_headers(
    headers: Mapping[str, str], key_header: ApiKeyHeader | None = None
) -> tuple[FieldProblem, ...]:
    """Check extra headers: valid names that lmdeck does not set itself, single-line values.

    Args:
        key_header: how the API key is sent; ``None`` without a key.
    """
    taken = "authorization" if key_header is ApiKeyHeader.BEARER else key_header
    found = (_check_header(name, value, taken or "") for name, value in headers.items())
    return tuple(problem for problem in found if problem)


def check_body(body: Mapping[str, object]) -> FieldProblem | None:
    """Check an extra body: it must not contain the fields that lmdeck sets itself."""
    names = [name for name in ("model", "messages") if name in body]
    if not names:
        return None
    return FieldProblem("extra_body", texts.BODY_NOT_SENT.format(names=", ".join(names)), is_error=False)


def check_tls(tls: TlsSettings) -> tuple[FieldProblem, ...]:
    """Check TLS settings for consistency; files are checked when they are used."""
    found: list[FieldProblem] = []
    if tls.pinned_sha256 and normal_pin(tls.pinned_sha256) is None:
        found.append(FieldProblem("pinned_sha256", texts.PIN_FORM))
    files = {
        "ca_file": tls.ca_file,
        "client_certificate": tls.client_certificate,
        "client_key": tls.client_key,
    }
    found += [
        FieldProblem(name, texts.PATH_RELATIVE)
        for name, path in files.items()
        if path and not path.startswith(("/", "~"))
    ]
    if tls.client_key and not tls.client_certificate:
        message = texts.CERTIFICATE_MISSING
        found.append(FieldProblem("client_certificate", message))
    if tls.insecure and (tls.pinned_sha256 or tls.ca_file):
        message = texts.VERIFICATION_OFF
        found.append(FieldProblem("insecure", message, is_error=False))
    return tuple(found)


def _check_header(name: str, value: str, taken: str) -> FieldProblem | None:
    if not _HEADER_NAME.fullmatch(name):
        return FieldProblem("extra_headers", texts.HEADER_NAME)
    if name.lower() in _OWN_HEADERS:
        return FieldProblem("extra_headers", texts.HEADER_OURS.format(name=name))
    if name.lower() == taken:
        message = texts.HEADER_OF_KEY.format(name=name)
        return FieldProblem("extra_headers", message)
    if not value.isascii() or not (value.isprintable() or not value):
        return FieldProblem("extra_headers", texts.HEADER_VALUE.format(name=name))
    return None


def _check_line(name: str, label: str, text: str) -> FieldProblem | None:
    if len(text) > LONGEST_TEXT:
        return FieldProblem(
            name, texts.TOO_LONG.format(label=label, most=LONGEST_TEXT), text[:LONGEST_TEXT].strip()
        )
    if not text.isprintable() or safe_line(text) != text:
        clean = replace_hidden("".join(filter(str.isprintable, text)), lambda _: "")
        return FieldProblem(name, texts.NOT_PLAIN.format(label=label), clean)
    return None


def _plain_price(text: str) -> str | None:
    """Normalise common spellings of an amount: ``$0.5``, ``0,5``, ``1,000.50``, ``5e-05``."""
    bare = re.sub(r"^[^0-9.,-]{1,4}|[^0-9.,]{1,4}$", "", text).replace(" ", "")
    if match := _EXPONENT.fullmatch(bare):
        return f"{Decimal(match[1]).scaleb(int(match[2])):f}"[:LONGEST_PRICE]
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", bare):
        bare = bare.replace(",", "")
    elif re.fullmatch(r"[0-9]*,[0-9]+", bare):
        bare = bare.replace(",", ".")
    return bare if bare != text and _PRICE.fullmatch(bare) else None


def _plain_name(text: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-")[:LONGEST_NAME]
    return plain if plain.strip(".") else ""


def _free_name(name: str, other_names: Collection[str]) -> str | None:
    """Return the name, or the name with the first number that makes it free, in any case of its letters."""
    taken = {other.casefold() for other in other_names}
    if not name or name.casefold() not in taken:
        return name or None
    numbered = (numbered_name(name, number) for number in range(2, len(taken) + 3))
    return next(free for free in numbered if free.casefold() not in taken)


def numbered_name(name: str, number: int) -> str:
    """Return a name with a number appended, shortened if necessary."""
    tail = f"-{number}"
    return name[: LONGEST_NAME - len(tail)] + tail
