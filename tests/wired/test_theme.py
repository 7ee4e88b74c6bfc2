"""A theme selected in the palette is used at the next start."""

from __future__ import annotations

from pathlib import Path

from tests.assurance.kit import deck
from tests.support.terminal import TerminalProgram, lmdeck

WRITTEN = "# mine\ncalm = true # on the train\n\n[keys]\n'app.help' = 'f1'\n"


def chosen(environment: dict[str, str], name: str) -> str:
    """Choose a theme as a user does, and return what is on the screen afterwards."""
    with TerminalProgram(lmdeck(), environment) as terminal:
        terminal.wait_for("main")
        terminal.send("ctrl+p")
        terminal.send(f"theme: {name}")
        terminal.wait_for(f"theme: {name}")
        terminal.wait_for(lambda: name == "dark" or "theme: dark" not in terminal.text)
        terminal.send("enter")
        terminal.wait_for(lambda: "theme: " not in terminal.text)
        terminal.wait_for("main")
        file = Path(environment["XDG_CONFIG_HOME"]) / "lmdeck/config.toml"
        terminal.wait_for(lambda: name in file.read_text() or "lasts until you quit" in terminal.text)
        text = terminal.text
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
        return text


def test_a_chosen_theme_is_kept_and_the_file_stays_as_it_was(tmp_path: Path) -> None:
    environment = deck(tmp_path / "home", "http://127.0.0.1:9/v1")
    file = Path(environment["XDG_CONFIG_HOME"]) / "lmdeck/config.toml"
    file.write_text(WRITTEN)
    file.chmod(0o600)
    chosen(environment, "gruvbox")
    assert file.read_text() == WRITTEN.replace("train\n", 'train\ntheme = "gruvbox"\n')
    with TerminalProgram(lmdeck(), environment) as terminal:
        terminal.wait_for("main")
        terminal.wait_for(lambda: b"48;2;40;40;40" in terminal.raw)  # the background of gruvbox
        terminal.send("ctrl+q")
        assert terminal.wait() == 0


def test_a_theme_that_is_in_use_already_is_kept_once_it_is_chosen(tmp_path: Path) -> None:
    environment = deck(tmp_path / "home", "http://127.0.0.1:9/v1")
    file = Path(environment["XDG_CONFIG_HOME"]) / "lmdeck/config.toml"
    file.write_text(WRITTEN)
    file.chmod(0o600)
    chosen(environment, "dark")
    assert file.read_text() == WRITTEN.replace("train\n", 'train\ntheme = "dark"\n')


def test_a_settings_file_that_cannot_be_read_is_not_replaced(tmp_path: Path) -> None:
    environment = deck(tmp_path / "home", "http://127.0.0.1:9/v1")
    file = Path(environment["XDG_CONFIG_HOME"]) / "lmdeck/config.toml"
    file.write_text("calm = [")
    assert "lasts until you quit" in chosen(environment, "gruvbox")
    assert file.read_text() == "calm = ["
