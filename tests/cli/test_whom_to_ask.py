"""A prompt goes to the provider that was named, or to nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.support.terminal import TerminalProgram, lmdeck, private_environment

PROVIDERS = """
[providers.off]
compatible_provider = "m"
provider_url = "http://127.0.0.1:9/v1"
state = "Inactive"

[providers.vectors]
category = "Embedding"
compatible_provider = "m"
provider_url = "http://127.0.0.1:9/v1"
"""


def _write(config: Path) -> None:
    config.mkdir(parents=True, exist_ok=True)
    (config / "providers.toml").write_text(PROVIDERS)


@pytest.mark.parametrize(
    ("name", "words"), [("off", "inactive"), ("vectors", "embeddings"), ("of", "no provider named of")]
)
@pytest.mark.parametrize("command", [("ask", "-p"), ("chat", "--plain")])
def test_one_that_cannot_chat_is_refused(
    program: Call, tmp_path: Path, command: tuple[str, str], name: str, words: str
) -> None:
    _write(Path(private_environment(tmp_path / "home")["XDG_CONFIG_HOME"]) / "lmdeck")
    done = program(*command, name, stdin=b"hello\n")
    assert done.code == 2
    assert words in done.err
    assert done.out == ""


@pytest.mark.parametrize("command", [("ask",), ("chat", "--plain")])
def test_a_default_that_is_switched_off_is_told_and_nobody_else_asked(
    program: Call, tmp_path: Path, command: tuple[str, ...]
) -> None:
    config = Path(private_environment(tmp_path / "home")["XDG_CONFIG_HOME"]) / "lmdeck"
    _write(config)
    with (config / "providers.toml").open("a") as file:
        file.write('\n[defaults]\nModel = "off"\n')
    done = program(*command, stdin=b"hello\n")
    assert done.code == 2
    assert "off is inactive" in done.err
    assert done.out == ""


def test_the_screens_refuse_it_as_well(tmp_path: Path) -> None:
    environment = private_environment(tmp_path)
    _write(Path(environment["XDG_CONFIG_HOME"]) / "lmdeck")
    with TerminalProgram(lmdeck("chat", "off"), environment) as terminal:
        terminal.wait_for("is inactive")
        assert terminal.wait() == 2
