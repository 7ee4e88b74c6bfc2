"""The extra body of a provider as a request has it."""

from __future__ import annotations

from collections.abc import Mapping


def sent_body(extra: Mapping[str, object]) -> dict[str, object]:
    """Return a provider's extra fields as they are sent: unfolded, without those of the request itself."""
    fields = dict(extra)
    nested = fields.pop("extra_body", None)
    if isinstance(nested, Mapping):
        fields = {**nested, **fields}
        fields.pop("extra_body", None)
    for name in ("model", "messages"):
        fields.pop(name, None)
    return fields
