"""What ``lmdeck check`` checks: a provider by name, a URL, or all active providers."""

from __future__ import annotations

import argparse

from tui.cli.command import STDOUT
from tui.core.abilities import Ability
from tui.core.api_key_reference import ApiKeyKind, ApiKeyReference
from tui.core.causes import explain
from tui.core.check_options import CheckOptions
from tui.core.chosen_abilities import chosen_abilities
from tui.core.failure import UsageError
from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Provider
from tui.core.provider_names import is_same_name
from tui.runtime.runtime import Runtime
from tui.texts import cli as texts

_URL_MARKS = (":", "/", ".")
"""A word without any of these is a name; a URL without a scheme contains at least one."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One endpoint to check."""

    provider: Provider
    is_named: bool
    """Whether it is a provider in the list."""
    key_text: str | None = None
    """The source of the key, instead of the provider's own."""


def subjects_of(arguments: argparse.Namespace, runtime: Runtime) -> list[Subject]:
    """Return what to check.

    Raises:
        UsageError: nothing was given, options contradict each other, or an unknown provider.
    """
    if arguments.report == STDOUT and arguments.json:
        raise _wrong_usage(texts.REPORT_AND_JSON)
    if arguments.report == STDOUT and arguments.replace:
        raise _wrong_usage(texts.REPLACE_STDOUT)
    if arguments.report == STDOUT and arguments.verbose:
        raise _wrong_usage(texts.REPORT_AND_VERBOSE)
    if arguments.all:
        return _every_provider(arguments, runtime)
    if not arguments.target:
        raise _wrong_usage(texts.NO_TARGET)
    key = ApiKeyReference(ApiKeyKind.ENVIRONMENT, arguments.key_env) if arguments.key_env else None
    if _is_name(arguments.target, runtime):
        provider = runtime.directory.get(arguments.target)
        runtime.directory.require_current(provider)
        return [Subject(provider, is_named=True, key_text=str(key) if key else None)]
    unnamed = Provider("url", provider_url=arguments.target, api_key=key)
    return [Subject(unnamed, is_named=False)]


def _is_name(text: str, runtime: Runtime) -> bool:
    """Return whether a text is a provider's name, or a word that can be nothing else."""
    if "://" in text or not text.strip():
        return False
    return not any(mark in text for mark in _URL_MARKS) or any(
        is_same_name(provider.name, text) for provider in runtime.directory.providers()
    )


def abilities_of(arguments: argparse.Namespace) -> tuple[Ability, ...]:
    """Return the abilities to test.

    Raises:
        UsageError: an unknown name.
    """
    if arguments.only is not None:
        return chosen_abilities(arguments.only)
    return tuple(Ability) if arguments.deep else ()


def options_of(arguments: argparse.Namespace, subject: Subject) -> CheckOptions:
    """Return the options for checking a subject.

    A repeated check is not added to the history, and those of several subjects are saved together at the end.
    Only the text of a single check lists what runs on this machine.
    """
    is_alone = not arguments.all and arguments.watch is None
    return CheckOptions(
        model=arguments.model or "",
        is_quick=arguments.quick,
        wait_seconds=arguments.wait,
        wait_option="--wait",
        is_remembered=is_alone,
        is_forgetful=not subject.is_named,
        is_one_of_many=arguments.all,
        notes_machine=is_alone and not arguments.json,
        abilities=abilities_of(arguments),
    )


def _every_provider(arguments: argparse.Namespace, runtime: Runtime) -> list[Subject]:
    if arguments.target:
        raise _wrong_usage(texts.ALL_ALONE)
    runtime.directory.require_current()
    chosen = runtime.directory.checkable()
    if not chosen:
        raise UsageError(explain("no-provider"))
    return [Subject(provider, is_named=True) for provider in chosen]


def _wrong_usage(reason: str) -> UsageError:
    return UsageError(explain("usage", reason=reason, command="check"))
