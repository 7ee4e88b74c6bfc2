"""Options are never ignored: empty values and options without effect are wrong usage."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import pytest

from tests.cli.test_common_promises import ARGUMENTS
from tests.support.commands import Call
from tui.cli.option_rules import excludes, needs, place_of
from tui.cli.parser import build_parser

URL = "http://127.0.0.1:9/v1"
NEEDED = {
    "providers show": ("demo",),
    "providers add": ("new", "--url", URL, "--model", "m"),
    "providers set": ("old",),
    "providers remove": ("old",),
    "providers default": ("old",),
    "providers import": ("x.json",),
    "history search": ("sky",),
    "history show": ("last",),
    "history import": ("x.json",),
    "history remove": ("last",),
    "ask": ("hi",),
    "embed": ("hi",),
    "forget": ("caches",),
    "completion": ("bash",),
}
"""What a command cannot do without."""
CLEARED = "an empty value clears the field"
MEANINGFUL = {
    ("ask", "--system"): "none, whatever the provider has",
    **{
        (f"providers {action}", f"--{name}"): CLEARED
        for action in ("add", "set")
        for name in (
            "display-name", "category", "input-price", "output-price", "currency", "test-prompt", "state",
            "thinking", "send-back", "system-prompt", "temperature", "top-p", "frequency-penalty",
            "presence-penalty", "max-tokens", "cached-input-price", "gpu-hour-price", "key-header",
            "extra-body",
        )
    },
    **{
        ("providers set", f"--{name}"): CLEARED
        for name in ("ca-file", "client-certificate", "client-key", "pin")
    },
}  # fmt: skip
"""Options whose empty value says something, and what."""
TEXTS = {("ask", "prompt"), ("embed", "text")}
"""Arguments that may be empty where stdin has the text; else the command says that there is none."""
OPTIONAL_TEXTS = {("history search", "text")}


def leaves(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield every command with its parser."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for group in below:
        for child in group.choices.values():
            yield from leaves(child)
    if not below:
        yield parser.prog.removeprefix("lmdeck").strip(), parser


def arguments_of(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield what takes a value."""
    return (action for action in parser._actions if action.nargs != 0 and action.dest != "help")


def every_option() -> Iterator[tuple[str, str]]:
    """Yield every option that takes a value, with its command."""
    for command, parser in leaves(build_parser()):
        yield from ((command, option) for action in arguments_of(parser) for option in action.option_strings)


@pytest.mark.parametrize("command", sorted({command for command, _ in every_option()}))
@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_value_is_wrong_usage(call: Call, command: str, empty: str) -> None:
    assert call("providers", "add", "old", "--url", URL, "--model", "m").code == 0
    for known, option in every_option():
        if known != command or (command, option) in MEANINGFUL:
            continue
        done = call(*command.split(), *NEEDED.get(command, ()), option, empty)
        assert (done.code, done.out) == (2, ""), option
        assert done.err, option


def test_every_exception_is_an_option() -> None:
    assert set(MEANINGFUL) <= set(every_option())


@pytest.mark.parametrize(("command", "option"), sorted(MEANINGFUL))
def test_every_exception_means_something(call: Call, command: str, option: str) -> None:
    if command == "ask":
        assert call("ask", "hi", "-p", "demo", option, "").code == 0
        return
    assert call("providers", "add", "old", "--url", URL, "--model", "m").code == 0
    assert call(*command.split(), *NEEDED[command], option, "").code == 0


@pytest.mark.parametrize("command", sorted(command for command, _ in leaves(build_parser()) if command))
def test_an_empty_argument_is_wrong_usage(call: Call, command: str) -> None:
    parser = dict(leaves(build_parser()))[command]
    for action in arguments_of(parser):
        if action.option_strings or (command, action.dest) in TEXTS:
            continue
        done = call(*command.split(), "")
        assert (done.code, done.out) == (2, ""), action.dest


def test_an_empty_log_file_is_wrong_usage(call: Call) -> None:
    assert call("--log", "", "paths").code == call("paths", "--log", "").code == 2


CONTRADICTIONS = {
    ("ask", "hi", "-p", "demo", "--key-env", "X"): "--key-env needs --url",
    ("ask", "hi", "--key-env", "X"): "--key-env needs --url",
    ("ask", "hi", "--strict"): "--strict needs --schema",
    ("ask", "hi", "--retry"): "--retry needs --schema",
    ("embed", "hi", "-p", "v", "--key-env", "X"): "--key-env needs --url",
    ("embed", "hi", "--rerank"): "--rerank needs --similar",
    ("embed", "hi", "--top", "3"): "--top needs --similar",
    ("embed", "hi", "--lines", "--similar", "f"): "--similar cannot be combined with --lines",
    ("chat", "--plain", "--resume", "last", "--unsaved"): "--resume cannot be combined with --unsaved",
    ("check", "--all", "-m", "m"): "--all cannot be combined with --model",
    ("check", "--all", "--key-env", "X"): "--all cannot be combined with --key-env",
    ("check", "--all", "demo"): "--all cannot be combined with a name or a URL",
    ("check", "--all", "-v"): "--verbose cannot be combined with --all",
    ("check", "demo", "-v", "--json"): "--verbose cannot be combined with --json",
    ("check", "demo", "-v", "--watch", "9"): "--verbose cannot be combined with --watch",
    ("check", "demo", "-v", "--report", "-"): "leave out --verbose",
    ("check", "demo", "--json", "--report", "-"): "both write to stdout",
    ("check", "--all", "--report", "x.md"): "--report cannot be combined with --all",
    ("check", "demo", "--watch", "9", "--report", "x.md"): "--report cannot be combined with --watch",
    ("check", "demo", "--deep", "--quick"): "--deep cannot be combined with --quick",
    ("check", "demo", "--only", "tools", "--quick"): "--only cannot be combined with --quick",
    ("check", "demo", "--deep", "--watch", "9"): "--deep cannot be combined with --watch",
    ("check", "demo", "--deep", "--markdown"): "--markdown needs --all",
    ("check", "--all", "--markdown"): "--markdown needs --deep or --only",
    ("check", "--all", "--deep", "--markdown", "--json"): "--markdown cannot be combined with --json",
    ("check", "demo", "--replace"): "--replace needs --report",
    ("check", "demo", "--report", "-", "--replace"): "--replace is for files",
    ("history", "export", "last", "-o", "-", "--replace"): "--replace is for files",
    ("costs", "--price-old", "demo", "--by", "day"): "--price-old cannot be combined with --by",
    ("costs", "--price-old", "demo", "--utc"): "--price-old cannot be combined with --utc",
    ("costs", "--price-old", "demo", "--csv"): "--price-old cannot be combined with --csv",
    ("costs", "--price-old", "demo", "--short"): "--price-old cannot be combined with --short",
    ("costs", "--budget", "--csv"): "--budget cannot be combined with --csv",
    ("costs", "--budget", "--short"): "--budget cannot be combined with --short",
    ("costs", "--budget", "--by", "provider"): "--budget cannot be combined with --by",
    ("costs", "--budget", "--provider", "demo"): "--budget cannot be combined with --provider",
    ("costs", "--short", "--by", "day"): "--short cannot be combined with --by",
    ("costs", "--short", "--since", "7d"): "--short cannot be combined with --since",
    ("costs", "--short", "--until", "7d"): "--short cannot be combined with --until",
    ("history", "export", "last", "--replace"): "--replace needs --output",
}
"""Command lines of which a part would have no effect, and what is said."""


@pytest.mark.parametrize("arguments", CONTRADICTIONS, ids=" ".join)
def test_what_has_no_effect_is_wrong_usage(call: Call, arguments: tuple[str, ...]) -> None:
    done = call(*arguments)
    assert done.code == 2
    assert CONTRADICTIONS[arguments] in " ".join((done.out + done.err).split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("providers", "set", "old", "--state", "Active", "--inactive"),
        ("providers", "add", "new", "--url", URL, "--model", "m", "--inactive", "--state", "Active"),
        ("providers", "set", "old", "--key-env", "A", "--key-stdin"),
        ("costs", "--csv", "--json"),
        ("costs", "--budget", "--price-old", "demo"),
        ("ask", "hi", "-p", "demo", "--url", URL),
    ],
    ids=" ".join,
)
def test_of_some_options_one_can_be_given(call: Call, arguments: tuple[str, ...]) -> None:
    assert call("providers", "add", "old", "--url", URL, "--model", "m").code == 0
    done = call(*arguments)
    assert done.code == 2
    assert done.json["ok"] is False if "--json" in arguments else done.out == ""
    assert "not allowed with argument" in done.err


def test_every_rule_names_options_of_its_command() -> None:
    found = 0
    for command, parser in leaves(build_parser()):
        known = {option: action.dest for action in parser._actions for option in action.option_strings}
        for rule in parser.get_default("rules"):
            for option in (rule.option, *rule.others):
                assert known.get(option) == place_of(option), (command, option)
                found += 1
    assert found > 40


def test_a_value_of_0_is_given() -> None:
    parsed = argparse.Namespace(wait=0.0, quick=True, deep=False, only=None)
    assert excludes("--quick", "--wait").broken(parsed) == "--quick cannot be combined with --wait"
    assert excludes("--quick", "--deep", "--only").broken(parsed) == ""
    assert needs("--quick", "--deep", "--only").broken(parsed) == "--quick needs --deep or --only"


def test_every_rule_is_tried() -> None:
    told = "\n".join(CONTRADICTIONS.values())
    for command, parser in leaves(build_parser()):
        for rule in parser.get_default("rules"):
            word = "needs" if rule.is_need else "cannot be combined with"
            assert f"{rule.option} {word}" in told, (command, rule)


def test_a_command_line_that_is_refused_is_json_where_json_was_asked_for(call: Call) -> None:
    for arguments in (
        ("ask", "hi", "--strict"),
        ("embed", "hi", "--rerank"),
        ("costs", "--budget", "--by", "day"),
    ):
        done = call(*arguments, "--json")
        assert (done.code, done.err) == (2, "")
        assert (done.json["schema_version"], done.json["ok"], done.json["error"]["cause"]) == (
            1,
            False,
            "usage",
        )
    refused = call("check", "demo", "--deep", "--quick", "--json")
    assert (refused.code, refused.json["exit_code"], refused.json["verdict"]["cause"]) == (2, 2, "usage")
    assert set(ARGUMENTS) >= {"ask", "embed", "costs", "check"}
