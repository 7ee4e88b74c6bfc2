"""What is on the terminal while Textual is loaded: a part of the first frame, and what is typed into it.

The program is held where it would load Textual until a test lets it go on.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import pytest
from pyte.screens import Char

from tests.support.terminal import TerminalProgram, lmdeck, private_environment

ROOT = Path(__file__).parents[2]
GATE = """
import os, sys, time


class Gate:
    folder = os.environ["GATE"]

    def find_spec(self, name, path=None, target=None):
        if name == "textual.app":
            open(f"{self.folder}/reached", "w").close()
            while not os.path.exists(f"{self.folder}/open"):
                time.sleep(0.01)
            if os.path.exists(f"{self.folder}/broken"):
                raise ImportError("a file is missing")


sys.meta_path.insert(0, Gate())
"""
PROVIDERS = """
schema = 1

[providers.first]
compatible_provider = "m"
provider_url = "http://127.0.0.1:9/v1"

[providers.second]
compatible_provider = "a-model-whose-name-is-longer-than-its-column-in-any-window"
provider_url = "http://127.0.0.1:9/v1"
input_price = 0.5
output_price = 1.5
currency = "USD"

[providers."third.one"]
compatible_provider = "[red]日本語[/]"
provider_url = "http://[::1]:9/v1"
state = "Inactive"

[defaults]
Model = "second"
"""
TAKEN, GIVEN_BACK = b"\x1b[?1049h", b"\x1b[?1049l"
DEMO = ("chat", "demo")
Place = tuple[int, int]


class Held:
    """A program that waits where it would load Textual."""

    def __init__(self, terminal: TerminalProgram, gate: Path) -> None:
        self.terminal = terminal
        self._gate = gate

    def wait(self) -> None:
        """Wait until it is there."""
        self.terminal.wait_for((self._gate / "reached").exists)

    def go_on(self, *, broken: bool = False) -> None:
        """Let it load Textual, or fail in that."""
        if broken:
            (self._gate / "broken").touch()
        (self._gate / "open").touch()


@contextmanager
def held(
    tmp_path: Path,
    *arguments: str,
    providers: str = "",
    settings: str = "check_reachability = false",
    size: tuple[int, int] = (100, 30),
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Held]:
    """The program, which has not loaded Textual yet."""
    config, gate = tmp_path / "home" / "config" / "lmdeck", tmp_path / "gate"
    config.mkdir(parents=True)
    gate.mkdir()
    (gate / "sitecustomize.py").write_text(GATE)
    (config / "config.toml").write_text(settings)
    if providers:
        (config / "providers.toml").write_text(providers)
    own = private_environment(tmp_path / "home", PYTHONPATH=f"{gate}:{ROOT}", GATE=str(gate), **environment)
    with TerminalProgram(lmdeck(*arguments), own, columns=size[0], rows=size[1]) as terminal:
        yield Held(terminal, gate)


def _changed(drawn: dict[Place, Char], late: dict[Place, Char]) -> list[tuple[Place, Char, Char]]:
    return [(place, cell, late[place]) for place, cell in drawn.items() if cell != late[place]]


@pytest.mark.parametrize("size", [(60, 22), (80, 24), (120, 40), (200, 50)])
@pytest.mark.parametrize("theme", ["dark", "light", "ansi"])
@pytest.mark.parametrize("arguments", [(), ("chat",)], ids=" ".join)
def test_nothing_of_it_changes_when_the_screen_comes(
    tmp_path: Path, size: tuple[int, int], theme: str, arguments: tuple[str, ...]
) -> None:
    settings = f'theme = "{theme}"\ncheck_reachability = false'
    with held(tmp_path, *arguments, providers=PROVIDERS, settings=settings, size=size) as program:
        terminal = program.terminal
        terminal.wait_for("second" if not arguments else "╭─")
        early = terminal.cells
        program.go_on()
        terminal.wait_for(r"\^P Commands|Add +")
        terminal.wait_for("5 ─╮" if not arguments else "╭─")  # a pane knows its width after its first frame
        late = terminal.cells
        drawn = {place: cell for place, cell in early.items() if cell.data.strip()}
        assert len(drawn) > size[0]
        assert _changed(drawn, late) == []
        assert terminal.raw.count(TAKEN) == 1


@pytest.mark.parametrize("colours", [{"COLORTERM": ""}, {"COLORTERM": "", "TERM": "xterm"}], ids=str)
def test_it_has_the_colours_that_the_terminal_has(tmp_path: Path, colours: dict[str, str]) -> None:
    with held(tmp_path, providers=PROVIDERS, environment=colours) as program:
        program.terminal.wait_for("second")
        early = program.terminal.cells
        program.go_on()
        program.terminal.wait_for("Add ")
        program.terminal.wait_for("5 ─╮")
        late = program.terminal.cells
        drawn = {place: cell for place, cell in early.items() if cell.data.strip()}
        assert _changed(drawn, late) == []


@pytest.mark.parametrize(
    ("arguments", "settings", "environment"),
    [
        ((), "", {"NO_COLOR": "1"}),
        ((), "", {"TERM": "linux"}),
        ((), "", {"LANG": "C"}),
        ((), "", {"LMDECK_COMPAT": "textual"}),
        ((), 'theme = "nord"', {}),
        ((), 'theme = "no such theme"', {}),
        ((), "theme = 1", {}),
        (DEMO, "", {"NO_COLOR": "1"}),
    ],
    ids=str,
)
def test_nothing_is_drawn_that_would_change(
    tmp_path: Path, arguments: tuple[str, ...], settings: str, environment: dict[str, str]
) -> None:
    with held(tmp_path, *arguments, settings=settings, environment=environment) as program:
        program.wait()
        assert program.terminal.raw == b""
        program.go_on()
        program.terminal.wait_for("demo|Commands")


def test_nothing_is_drawn_in_a_window_that_is_too_small(tmp_path: Path) -> None:
    with held(tmp_path, size=(59, 16)) as program:
        program.wait()
        assert program.terminal.raw == b""


def test_rows_that_may_be_scrolled_are_not_drawn(tmp_path: Path) -> None:
    many = "".join(
        f'[providers.p{number}]\ncompatible_provider = "m"\nprovider_url = "http://[::1]:9"\n'
        for number in range(99)
    )
    providers = f'schema = 1\n{many}\n[defaults]\nModel = "p98"\n'
    with held(tmp_path, providers=providers) as program:
        program.terminal.wait_for(lambda: TAKEN in program.terminal.raw)
        program.wait()
        assert not program.terminal.text.strip()
        program.go_on()
        program.terminal.wait_for("p98")


def test_what_is_typed_is_shown_at_once_and_stays_in_the_prompt(tmp_path: Path) -> None:
    with held(tmp_path, *DEMO) as program:
        program.terminal.wait_for("╭─ demo")
        program.terminal.send("Does it arrivw")
        program.terminal.wait_for("│ Does it arrivw")
        program.terminal.send("backspace", "e? für ñandú")
        program.terminal.wait_for("│ Does it arrive. für ñandú ")
        program.go_on()
        program.terminal.wait_for("Commands")
        program.terminal.send("!")
        program.terminal.wait_for("│ Does it arrive. für ñandú!")
        assert program.terminal.raw.count(TAKEN) == 1


def test_enter_sends_it_once_the_screen_is_there(tmp_path: Path) -> None:
    with held(tmp_path, *DEMO) as program:
        program.terminal.wait_for("╭─ demo")
        program.terminal.send("Hello there")
        program.terminal.wait_for("│ Hello there")
        program.terminal.send("enter", "next")
        program.go_on()
        program.terminal.wait_for("lmdeck › Hello there")
        program.terminal.wait_for("│ next")


def test_a_paste_is_one_paste(tmp_path: Path) -> None:
    with held(tmp_path, *DEMO) as program:
        program.terminal.wait_for("╭─ demo")
        program.wait()
        program.terminal.send_bytes(b"\x1b[200~one\rtwo\x1b[201~")
        program.go_on()
        program.terminal.wait_for(r"│ one +│\n│ two")


def test_keys_of_the_list_are_kept(tmp_path: Path) -> None:
    with held(tmp_path, providers=PROVIDERS) as program:
        program.terminal.wait_for("second")
        program.terminal.send("up", "e")
        program.go_on()
        program.terminal.wait_for("Providers › first")


def test_a_text_longer_than_the_line_is_whole_in_the_prompt(tmp_path: Path) -> None:
    words = " ".join(f"w{number}" for number in range(60))
    with held(tmp_path, *DEMO) as program:
        program.terminal.wait_for("╭─ demo")
        program.terminal.send(words)
        program.terminal.wait_for("│ w0 w1")
        program.go_on()
        program.terminal.wait_for("w59")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -15), (signal.SIGHUP, -1)], ids=str
)
def test_a_signal_ends_it_and_the_terminal_is_as_before(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with held(tmp_path, *DEMO) as program:
        terminal = program.terminal
        program.wait()
        terminal.wait_for(lambda: TAKEN in terminal.raw)
        terminal.kill(number)
        assert terminal.wait() == code
        assert GIVEN_BACK in terminal.raw
        assert terminal.modes == terminal.first_modes


def test_ctrl_c_ends_it(tmp_path: Path) -> None:
    with held(tmp_path, *DEMO) as program:
        terminal = program.terminal
        program.wait()
        terminal.wait_for(lambda: TAKEN in terminal.raw)
        assert terminal.modes != terminal.first_modes
        terminal.send("ctrl+c")
        assert terminal.wait() == 130
        assert terminal.modes == terminal.first_modes


@pytest.mark.usefixtures("defects")
def test_a_defect_is_told_on_the_terminal_as_it_was(tmp_path: Path) -> None:
    with held(tmp_path, *DEMO) as program:
        terminal = program.terminal
        terminal.wait_for("╭─ demo")
        program.go_on(broken=True)
        assert terminal.wait() == 1
        assert terminal.modes == terminal.first_modes
        assert b"a file is missing" in terminal.raw.partition(GIVEN_BACK)[2]


def test_after_the_end_the_terminal_is_as_before(tmp_path: Path) -> None:
    with held(tmp_path, *DEMO) as program:
        terminal = program.terminal
        terminal.wait_for("╭─ demo")
        program.go_on()
        terminal.wait_for("Commands")
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
        assert terminal.modes == terminal.first_modes
