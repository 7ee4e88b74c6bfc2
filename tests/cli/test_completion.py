"""Shell completion: real shells complete commands of the real program."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.cli.test_help import parsers
from tests.support.terminal import TerminalProgram, private_environment, with_lmdeck
from tools import commands_pages
from tui.cli import completion
from tui.cli.parser import build_parser
from tui.core.parts import parts_of
from tui.core.turn import Turn, TurnState
from tui.store.conversations import ConversationStore
from tui.store.paths import resolve_paths

ROOT = Path(__file__).parents[2]
SHELLS = ("bash", "zsh", "fish")
START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
LOAD = {
    "bash": 'eval "$(lmdeck completion bash)"',
    "zsh": 'autoload -Uz compinit && compinit -u -D && eval "$(lmdeck completion zsh)"',
    "fish": "lmdeck completion fish | source",
}
PROVIDERS = """\
[providers.qwen]
provider_url = "http://localhost:9/v1"
compatible_provider = "Qwen/Qwen3-8B"

[providers.zephyr]
provider_url = "http://localhost:9/v1"
compatible_provider = "evil\\u001b]0;x\\u0007"
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A home with two providers and a preset, and ``lmdeck`` in the PATH."""
    found = private_environment(tmp_path / "home")
    config = Path(found["XDG_CONFIG_HOME"]) / "lmdeck"
    (config / "presets").mkdir(parents=True)
    (config / "providers.toml").write_text(PROVIDERS)
    (config / "presets" / "review.toml").write_text('description = "A review"\nprompt = "{{input}}"\n')
    return with_lmdeck(found, tmp_path / "bin")


@pytest.fixture
def suggested(environment: Mapping[str, str], tmp_path: Path) -> Callable[[str], list[str]]:
    """What a shell would be told at the end of a line."""

    def ask(line: str) -> list[str]:
        answer = tmp_path / "suggested"
        asked = {"_ARGCOMPLETE": "1", "COMP_LINE": line, "COMP_POINT": str(len(line)), "COMP_TYPE": "9"}
        asked |= {"_ARGCOMPLETE_STDOUT_FILENAME": str(answer), "_ARGCOMPLETE_IFS": "\n"}
        subprocess.run(["lmdeck"], env={**environment, **asked}, cwd=tmp_path, check=True, timeout=60)
        return [word.strip() for word in answer.read_text().split("\n") if word]

    return ask


def test_commands_actions_and_options(suggested: Callable[[str], list[str]]) -> None:
    assert {"chat", "ask", "check", "completion"} <= set(suggested("lmdeck "))
    assert suggested("lmdeck pro") == ["providers"]
    assert {"add", "set", "remove"} <= set(suggested("lmdeck providers "))
    assert suggested("lmdeck ask --with") == ["--within-budget"]
    assert "--since" in suggested("lmdeck costs ")
    assert suggested("lmdeck costs --by o") == ["origin"]
    assert suggested("lmdeck providers set qwen --category ") == ["Model", "Embedding"]
    assert suggested("lmdeck forget k") == ["keys"]


def test_providers_models_presets_and_causes(suggested: Callable[[str], list[str]]) -> None:
    for line in (
        "lmdeck chat ",
        "lmdeck ask -p ",
        "lmdeck check ",
        "lmdeck providers show ",
        "lmdeck costs --price-old ",
    ):
        assert {"qwen", "zephyr", "demo"} <= set(suggested(line)), line
    assert "Qwen/Qwen3-8B" in suggested("lmdeck ask --model ")
    assert suggested("lmdeck ask -t ") == ["review"]
    assert {"auth", "auth-scheme"} <= set(suggested("lmdeck demo --fault auth"))
    assert not {"qwen", "demo"} & set(suggested("lmdeck providers add "))  # the name of a new one


def test_values_of_options(suggested: Callable[[str], list[str]]) -> None:
    assert {"tools", "vision"} <= set(suggested("lmdeck check --only "))
    assert suggested("lmdeck check --only tools,vis") == ["tools,vision"]
    assert "tools,tools" not in suggested("lmdeck check --only tools,")
    assert {"temperature", "url", "header"} <= set(suggested("lmdeck providers set qwen --clear "))
    assert "name" not in suggested("lmdeck providers set qwen --clear ")
    assert suggested("lmdeck providers set qwen --currency E") == ["EUR"]
    assert "minimal" in suggested("lmdeck providers set qwen --thinking m")


@pytest.mark.parametrize("action", ["set", "remove"])
def test_only_providers_that_can_be_changed_are_offered_for_it(
    suggested: Callable[[str], list[str]], action: str
) -> None:
    assert set(suggested(f"lmdeck providers {action} ")) == {"qwen", "zephyr"}


FREE = {
    *("None", "PROMPT", "URL", "VAR", "S", "N", "T", "SECONDS", "TEXT", "P", "COMMAND"),
    *("'NAME: VALUE'", "JSON", "SHA256", "TIME", "R"),
}
"""Values of which no list exists."""


def test_every_other_value_is_suggested() -> None:
    actions = [
        action for parser in parsers(build_parser()) for action in parser._actions if action.nargs != 0
    ]
    values = {str(action.metavar) for action in actions if not action.choices}
    named = {value for value in values if not value.startswith(("FILE", "PATH", "{"))}
    assert named - FREE == {*completion._BY_VALUE, "NAMES"}


def test_chats_by_their_identity(
    suggested: Callable[[str], list[str]], environment: Mapping[str, str]
) -> None:
    store = ConversationStore(resolve_paths(environment))
    journal = store.create("What is in it")
    journal.write_turn(Turn("t1", parts_of("Hello"), state=TurnState.DONE))
    journal.close()
    identity = store.listing.all()[0].identity
    for line in ("lmdeck history show ", "lmdeck chat --resume "):
        assert suggested(line) == ["last", identity]


def test_the_trash_where_a_chat_is_restored(
    suggested: Callable[[str], list[str]], environment: Mapping[str, str]
) -> None:
    store = ConversationStore(resolve_paths(environment))
    for title in ("Kept", "Deleted"):
        journal = store.create(title)
        journal.write_turn(Turn("t1", parts_of("Hello"), state=TurnState.DONE))
        journal.close()
    deleted = next(each.identity for each in store.listing.all() if each.title == "Deleted")
    store.delete(deleted)
    last, token = suggested("lmdeck history restore ")
    assert last == "last"
    assert token == store.trash.deleted()[0].identity
    assert suggested("lmdeck history show ")[1:] == [each.identity for each in store.listing.all()]


def test_files_where_a_file_is_named(suggested: Callable[[str], list[str]], tmp_path: Path) -> None:
    (tmp_path / "photo.png").touch()
    assert suggested("lmdeck ask -f pho") == ["photo.png"]
    assert suggested("lmdeck providers import pho") == ["photo.png"]
    assert suggested("lmdeck ask --system pho") == []


def test_nothing_from_a_file_commands_the_terminal(suggested: Callable[[str], list[str]]) -> None:
    assert "\x1b" not in "".join(suggested("lmdeck ask --model "))


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_tab_completes_in_a_shell(shell: str, environment: dict[str, str]) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"this machine has no {shell}")
    with TerminalProgram(START[shell], environment | {"PS1": "ready$ "}) as terminal:
        terminal.send(LOAD[shell], "enter", "echo loa''ded", "enter")
        terminal.wait_for("\nloaded")
        terminal.send("lmdeck chat qw", "tab")
        terminal.wait_for("lmdeck chat qwen")


INSTALLED = {
    "bash": 'source "{folder}/lmdeck.bash"',
    "zsh": 'fpath=("{folder}" $fpath) && autoload -Uz compinit && compinit -u -D',
    "fish": 'set fish_complete_path "{folder}"',
}
"""How a shell finds the files of the wheel; bash-completion sources its file itself."""


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_the_installed_files_answer_the_first_tab(shell: str, environment: dict[str, str]) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"this machine has no {shell}")
    load = INSTALLED[shell].format(folder=ROOT / "tools" / "completion")
    with TerminalProgram(START[shell], environment | {"PS1": "ready$ "}) as terminal:
        terminal.send(load, "enter", "echo loa''ded", "enter")
        terminal.wait_for("\nloaded")
        terminal.send("lmdeck chat qw", "tab")
        terminal.wait_for("lmdeck chat qwen")
        terminal.send("ctrl+u", "lmdeck chat zep", "tab")
        terminal.wait_for("lmdeck chat zephyr")


def test_the_installed_files_load_the_script() -> None:
    for shell in SHELLS:
        file = ROOT / "tools" / "completion" / ("_lmdeck" if shell == "zsh" else f"lmdeck.{shell}")
        assert f"lmdeck completion {shell}" in file.read_text()


def test_the_pages_are_current() -> None:
    assert commands_pages.PAGE.read_text() == commands_pages.page(), "run: python tools/commands_pages.py"
    assert commands_pages.MANUAL.read_text() == commands_pages.manual(), "run: python tools/commands_pages.py"


def test_the_manual_is_set_without_a_complaint() -> None:
    if shutil.which("groff") is None:
        pytest.skip("this machine has no groff")
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-K", "utf8", str(commands_pages.MANUAL)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert "a budget is spent" in done.stdout
