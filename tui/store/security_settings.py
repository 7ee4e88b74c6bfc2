"""Settings that protect a connection: if one is unreadable, the connection is refused.

Other unusable values have a fallback and a notice. Skipping a pin would send the key with weaker
verification.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tui.core.certificate_pin import normal_pin
from tui.core.closest import closest_name
from tui.core.provider import Refusal
from tui.core.provider_schema import BY_NAME, IN_TOML
from tui.store.toml_values import ValueProblem
from tui.texts import store as texts

TLS_KEYS = tuple(field.name for field in IN_TOML if field.toml_table == "tls")
SECURITY_KEYS = tuple(dict.fromkeys(field.toml_table or field.name for field in IN_TOML if field.is_security))

_CLOSE = 0.8
_WORDS = frozenset(
    (
        *("tls", "ssl", "ca", "cert", "certs", "certificate", "cacert", "fingerprint", "sha256"),
        *("verify", "verification", "pin", "pinned", "insecure"),
    )
)
"""Words in the names of such settings, here and in other programs."""


def tls_problems(tls: Mapping[str, object]) -> list[ValueProblem]:
    """Return the problems of a ``tls`` table other than types: nothing is tolerated there."""
    found = {}
    for key, value in tls.items():
        if key not in TLS_KEYS:
            found[key] = _unknown(key, TLS_KEYS)
        elif isinstance(value, str) and not value.strip():
            found[key] = texts.VALUE_MISSING
        elif key == "pinned_sha256" and isinstance(value, str) and normal_pin(value) is None:
            found[key] = texts.PIN_WANTED
    if "client_key" in tls and "client_certificate" not in tls:
        found.setdefault("client_key", texts.CERTIFICATE_WANTED)
    return [ValueProblem(f"tls.{key}", message, is_of_security=True) for key, message in found.items()]


def misplaced(table: Mapping[str, object], known: Iterable[str]) -> list[ValueProblem]:
    """Return a problem for each unknown key of a record that looks like a security setting."""
    names = set(known)
    found = []
    for key in table:
        if key in names or not _is_meant(key):
            continue
        message = texts.IN_TLS_TABLE if key in TLS_KEYS else _unknown(key, (*SECURITY_KEYS, *TLS_KEYS))
        found.append(ValueProblem(key, message, is_of_security=True))
    return found


def refusals_of(problems: Iterable[ValueProblem]) -> tuple[Refusal, ...]:
    """Return the problems that prevent the use of a record, with the form fields that resolve them."""
    return tuple(
        Refusal(problem.field, problem.message, _fields_of(problem.field))
        for problem in problems
        if problem.is_of_security
    )


def _is_meant(key: str) -> bool:
    plain = _plain(key)
    names = (*SECURITY_KEYS, *TLS_KEYS)
    if plain in names or any(sorted(plain) == sorted(name) for name in names):
        return True
    return closest_name(plain, names, _CLOSE) is not None or not _WORDS.isdisjoint(plain.split("_"))


def _unknown(key: str, names: Sequence[str]) -> str:
    closest = closest_name(_plain(key), names)
    advice = texts.WRITE_CLOSEST.format(closest=closest) if closest else texts.REMOVE_OR_FIX
    return texts.UNKNOWN_SETTING.format(advice=advice)


def _fields_of(setting: str) -> tuple[str, ...]:
    if setting.startswith("tls."):
        return _tls_fields(setting.removeprefix("tls."))
    name = setting.partition(".")[0]
    known = name if name in SECURITY_KEYS else closest_name(_plain(name), (*SECURITY_KEYS, *TLS_KEYS))
    if known in (None, "tls"):
        return TLS_KEYS
    return (BY_NAME[known].shown_at or known,)


def _tls_fields(key: str) -> tuple[str, ...]:
    known = key if key in TLS_KEYS else closest_name(_plain(key), TLS_KEYS)
    return TLS_KEYS if known is None else (known,)


def _plain(key: str) -> str:
    return key.casefold().replace("-", "_")
