"""The extra body of a provider as sent in a request."""

from __future__ import annotations

from collections.abc import Mapping


def sent_body(extra: Mapping[str, object]) -> dict[str, object]:
    """Return a provider's extra fields as sent: ``extra_body`` unwrapped, without lmdeck's own fields."""
    fields = dict(extra)
    nested = fields.pop("extra_body", None)
    if isinstance(nested, Mapping):
        fields = {**nested, **fields}
        fields.pop("extra_body", None)
    for name in ("model", "messages"):
        fields.pop(name, None)
    return fields
