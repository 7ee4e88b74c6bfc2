"""Valid providers of every kind, generated from the schema, including new fields."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tui.core.api_key_reference import parse_api_key_reference
from tui.core.provider import Category, Provider
from tui.core.provider_field import Kind, ProviderField, with_values
from tui.core.provider_schema import BY_NAME, SETTABLE
from tui.core.provider_texts import check_provider

WORDS = st.text("abXY -_./=:%'\"[]{}ü模", max_size=12).map(str.strip)
_PATHS = st.none() | st.sampled_from(["/etc/ca.pem", "~/my certificates/a.pem", "-x.pem"])
_OWN: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from(["a", "my-server", "x.y_z", "_1"]),
    "provider_url": st.sampled_from(
        ["http://localhost:8000/v1", "https://a.example/maas/v1", "http://gpu01:8000/v1", "https://[::1]/v1"]
    ),
    "pinned_sha256": st.none() | st.text("0123456789abcdef", min_size=64, max_size=64),
    "is_default": st.just(False),
}
_BY_KIND: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: WORDS,
    Kind.PATH: _PATHS,
    Kind.LINES: st.text("ab \n[]", max_size=12),
    Kind.FLAG: st.booleans(),
    Kind.PRICE: st.none() | st.decimals(0, 1000, places=9) | st.just(Decimal("1e-20")),
    Kind.KEY: st.sampled_from(
        [None, *map(parse_api_key_reference, ("env:A_KEY", "cmd:pass show 'a b'", "file:~/.key"))]
    ),
    Kind.MODEL: st.sampled_from(["Qwen/Qwen3-8B", "hf.co/unsloth/x:Q4_K_M", "[/]", "-m", "模型"]),
    Kind.TEST: st.sampled_from(["Say moo", "Hello, how are you today?", "--x"]),
    Kind.TIME: st.sampled_from(["", "2026-01-01T00:00:00+00:00"]),
    Kind.HEADERS: st.dictionaries(st.sampled_from(["X-A", "X-B", "x-c"]), st.text("ab:=", max_size=4)),
    Kind.BODY: st.dictionaries(
        st.text("ab", min_size=1, max_size=3),
        st.none()
        | st.booleans()
        | st.integers(-(2**70), 2**70)
        | st.text("ü\"'", max_size=3)
        | st.lists(st.floats(-2, 2), max_size=2)
        | st.just({"top_k": 20}),
        max_size=3,
    ),
}


def values(field: ProviderField) -> st.SearchStrategy[Any]:
    """Return what a field may hold."""
    if field.name in _OWN:
        return _OWN[field.name]
    if field.kind is Kind.CHOICE:
        unset = st.just(field.default)
        return unset | st.sampled_from(list(field.words))
    lowest, highest = field.bounds
    if field.kind is Kind.NUMBER:
        return st.none() | st.integers(lowest * 100, highest * 100).map(lambda hundredths: hundredths / 100)
    if field.kind is Kind.COUNT:
        return st.none() | st.integers(lowest, highest)
    return _BY_KIND[field.kind]


def _made(found: dict[str, Any]) -> Provider:
    provider = with_values(Provider(""), {BY_NAME[name]: value for name, value in found.items()})
    if provider.category is Category.EMBEDDING:
        return with_values(provider, {BY_NAME["output_price"]: None, BY_NAME["test_prompt"]: "Some text"})
    return provider


valid_providers = (
    st.fixed_dictionaries({field.name: values(field) for field in SETTABLE})
    .map(_made)
    .filter(lambda provider: not any(problem.is_error for problem in check_provider(provider, ())))
)
