"""``lmdeck providers remove``, ``default`` and ``trust``."""

from __future__ import annotations

import argparse

from tui.cli.confirm import confirmed
from tui.cli.output import Output
from tui.cli.provider_action import provider_action
from tui.core.failure import UsageError
from tui.runtime.runtime import Runtime


@provider_action
def remove_provider(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Remove a provider, or its stored key alone."""
    name, directory = arguments.name, runtime.directory
    is_known = any(known.name == name for known in directory.providers())
    if arguments.only_key or (not is_known and name in directory.keys_without_provider):
        return _remove_key(name, runtime, output)
    name = directory.get(name).name
    has_key = directory.has_stored_key(name)
    directory.delete(name)
    if directory.key_refusal is not None:
        output.result(f"Removed {name}. A key stored for it is still in the file that cannot be used.")
        return 0
    key = " and its stored key" if has_key else ""
    output.result(f"Removed {name}{key}. Conversations with it are kept.")
    return 0


def _remove_key(name: str, runtime: Runtime, output: Output) -> int:
    directory = runtime.directory
    is_used = directory.is_key_used(name)
    if not directory.delete_key(name):
        if directory.key_refusal is not None:
            raise UsageError(directory.key_refusal)
        output.result(f"There was no stored key of {name} to remove.")
    elif is_used:
        output.result(f"Removed the stored key of {name}, which has no key now.")
    else:
        output.result(f"Removed the stored key of {name}, which no provider used.")
    return 0


@provider_action
def make_default(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Make a provider the default."""
    runtime.directory.set_default(arguments.name)
    provider = runtime.directory.get(arguments.name)
    what = "the default for embeddings" if provider.is_embedding else "the default"
    output.result(f"{provider.name} is {what} now.")
    if not provider.is_active:
        output.aside("note: It is inactive: until it is active, lmdeck asks nobody by default.")
    return 0


@provider_action
def trust_files(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Show what the files would do that others can write, and rely on them once the person says so."""
    distrusted = runtime.directory.distrusted_files()
    if not distrusted:
        output.line("Nobody else can write your providers files: there is nothing to confirm.")
        return 0
    for distrust in distrusted:
        output.line(f"{distrust.reason[0].upper()}{distrust.reason[1:]}.")
    for provider in runtime.directory.providers():
        if runtime.directory.command_refusal(provider.name) is not None:
            key = f"key {provider.api_key}" if provider.api_key is not None else "no key"
            output.line(f"  {provider.name}: {key}, sent to {provider.provider_url}")
    if not arguments.yes and not confirmed(output, "Use these keys, with these addresses?", "--yes"):
        output.text("Nothing was changed.")
        return 1
    runtime.directory.trust_files()
    output.result("These files are used as they are now. Asked again when others change them.")
    return 0
