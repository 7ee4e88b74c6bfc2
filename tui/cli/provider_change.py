"""``lmdeck providers remove``, ``default`` and ``trust``."""

from __future__ import annotations

import argparse

from tui.cli.confirm import confirmed
from tui.cli.output import Output
from tui.cli.runtime_action import provider_action
from tui.core.failure import UsageError
from tui.runtime.runtime import Runtime
from tui.texts import cli as texts


@provider_action
def remove_provider(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Remove a provider, or only its stored key."""
    name, directory = arguments.name, runtime.directory
    is_known = any(known.name == name for known in directory.providers())
    if arguments.only_key or (not is_known and name in directory.stored_keys.unused):
        return _remove_key(name, runtime, output)
    name = directory.get(name).name
    has_key = directory.stored_keys.has(name)
    runtime.provider_changes.delete(name)
    if directory.stored_keys.refusal is not None:
        output.result(texts.REMOVED_NOT_KEY.format(name=name))
        return 0
    output.result((texts.REMOVED_WITH_KEY if has_key else texts.REMOVED).format(name=name))
    return 0


def _remove_key(name: str, runtime: Runtime, output: Output) -> int:
    directory = runtime.directory
    is_used = directory.stored_keys.is_used(name)
    if not directory.stored_keys.delete(name):
        if directory.stored_keys.refusal is not None:
            raise UsageError(directory.stored_keys.refusal)
        output.result(texts.NO_STORED_KEY.format(name=name))
    elif is_used:
        output.result(texts.KEY_REMOVED.format(name=name))
    else:
        output.result(texts.UNUSED_KEY_REMOVED.format(name=name))
    return 0


@provider_action
def make_default(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Make a provider the default."""
    runtime.provider_changes.set_default(arguments.name)
    provider = runtime.directory.get(arguments.name)
    text = texts.DEFAULT_FOR_EMBEDDINGS if provider.is_embedding else texts.DEFAULT_FOR_CHATS
    output.result(text.format(name=provider.name))
    if not provider.is_active:
        output.notes([texts.DEFAULT_IS_INACTIVE])
    return 0


@provider_action
def trust_files(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Show the effects of files that others can write, and trust them after confirmation."""
    distrusted = runtime.directory.distrusted_files()
    if not distrusted:
        trusted = runtime.directory.confirmed_files()
        for distrust in trusted:
            output.line(f"{distrust.reason[0].upper()}{distrust.reason[1:]}.")
        output.line(texts.TRUSTED_ALREADY if trusted else texts.NOTHING_TO_TRUST)
        return 0
    for distrust in distrusted:
        output.line(f"{distrust.reason[0].upper()}{distrust.reason[1:]}.")
    for provider in runtime.directory.providers():
        if runtime.directory.command_refusal(provider.name) is not None:
            text = texts.NO_KEY_SENT if provider.api_key is None else texts.KEY_SENT
            output.line(text.format(name=provider.name, key=provider.api_key, url=provider.provider_url))
    if not arguments.yes and not confirmed(output, texts.TRUST_QUESTION, "--yes"):
        output.text(texts.NOTHING_CHANGED)
        return 1
    runtime.directory.trust_files()
    output.result(texts.TRUSTED)
    return 0
