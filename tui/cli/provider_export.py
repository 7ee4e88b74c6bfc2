"""``lmdeck providers export``: Casibase's JSON on stdout, and what it lacks on stderr."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui.cli.output import Output
from tui.cli.runtime_action import provider_action
from tui.core.causes import in_full
from tui.core.failure import LmdeckError
from tui.core.provider import Provider
from tui.core.safe_text import safe_line
from tui.core.secret import Secret
from tui.runtime.runtime import Runtime
from tui.store.casibase_export import export_records, losses_of
from tui.texts import cli as texts

if TYPE_CHECKING:
    from tui.runtime.directory import ProviderDirectory


@provider_action
def export_providers(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Export, and return 1 if a record or a requested key was not available.

    Raises:
        UsageError: an unknown provider, or the user's file cannot be read.
    """
    chosen, unusable = _chosen(arguments.names, runtime.directory)
    keys, is_complete = _keys(chosen, runtime, output) if arguments.with_keys else ({}, True)
    output.text(export_records(chosen, keys))
    for provider in chosen:
        losses = losses_of(provider, with_key=provider.name in keys)
        if losses:
            name = safe_line(provider.name, 100)
            output.notes([texts.FIELDS_NOT_EXPORTED.format(name=name, fields=", ".join(losses))])
    for name, reason in unusable.items():
        text = texts.NOT_EXPORTED.format(name=safe_line(name, 100), reason=safe_line(reason))
        output.aside(texts.PROGRAM.format(text=text))
    return 0 if is_complete and not unusable else 1


def _chosen(names: list[str], directory: ProviderDirectory) -> tuple[list[Provider], Mapping[str, str]]:
    """Return the providers to export, and the unusable records."""
    if names:
        found = {provider.name: provider for provider in map(directory.get, names)}
        return list(found.values()), {}
    own = [provider for provider in directory.providers() if not provider.is_remote]
    if not own:
        directory.require_readable()
    return own, directory.unusable


def _keys(chosen: list[Provider], runtime: Runtime, output: Output) -> tuple[dict[str, Secret], bool]:
    """Return the available keys, and whether they are complete."""
    keys: dict[str, Secret] = {}
    is_complete = True
    for provider in chosen:
        try:
            key = runtime.keys.resolve(provider.name, provider.api_key)
        except LmdeckError as error:
            is_complete = False
            name, failure = safe_line(provider.name, 100), in_full(error.failure)
            text = texts.KEY_NOT_EXPORTED.format(name=name, title=failure.title, advice=failure.advice)
            output.aside(texts.NOTE.format(text=text))
        else:
            if key is not None:
                keys[provider.name] = key
    return keys, is_complete
