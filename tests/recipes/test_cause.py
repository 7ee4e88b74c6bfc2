"""A new cause is one catalogue entry: it is then reported everywhere."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recipes.teapot_cause import TEAPOT
from tests.support.fault_server import Connection as Request
from tests.support.fault_server import FaultServer
from tests.support.terminal import private_environment

ROOT = Path(__file__).parents[2]
TITLE = "The server is a teapot: short and stout."


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**private_environment(tmp_path / "home"), "PYTHONPATH": str(ROOT)}


@pytest.fixture
def teapot() -> Iterator[str]:
    """The address of a server that is a teapot."""
    body = json.dumps({"error": {"message": "short and stout"}}).encode()
    head = f"HTTP/1.1 418 I'm a teapot\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"

    def answer(connection: Request) -> None:
        connection.read_request()
        connection.send(f"{head}\r\nConnection: close\r\n\r\n".encode() + body)

    with FaultServer(answer) as server:
        yield server.base_url


def lmdeck(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.recipes.teapot_cause", *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_check_tells_it_in_its_words(teapot: str, environment: dict[str, str]) -> None:
    done = lmdeck(environment, "check", teapot, "--model", "m")
    assert done.returncode == 1
    assert TITLE in done.stdout
    assert TEAPOT.advice in done.stdout


def test_the_json_of_a_check_and_of_an_answer_names_it(teapot: str, environment: dict[str, str]) -> None:
    check = json.loads(lmdeck(environment, "check", teapot, "--model", "m", "--json").stdout)
    assert (check["verdict"]["cause"], check["verdict"]["title"]) == ("teapot", TITLE)
    ask = json.loads(lmdeck(environment, "ask", "--url", teapot, "--model", "m", "--json", "hi").stdout)
    assert (ask["error"]["cause"], ask["error"]["advice"]) == ("teapot", TEAPOT.advice)


def test_an_answer_ends_with_its_words(teapot: str, environment: dict[str, str]) -> None:
    done = lmdeck(environment, "ask", "--url", teapot, "--model", "m", "hi")
    assert done.returncode == 1
    assert TITLE in done.stderr
    assert TEAPOT.advice in done.stderr


def test_the_page_of_failures_has_its_row(tmp_path: Path, environment: dict[str, str]) -> None:
    code = (
        "from tests.recipes import teapot_cause\n"
        "teapot_cause.add()\n"
        "from tools.causes_page import render_page\n"
        "print(render_page(), end='')\n"
    )
    page = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True
    ).stdout
    row = f"| `teapot` | The server is a teapot. | {TEAPOT.advice} |"
    assert row in page.split("## HTTP, key and model")[1].split("## ")[0].splitlines()
    now = (ROOT / "docs" / "causes.md").read_text("utf-8")
    assert page.replace(f"{row}\n", "") == now, "nothing else changes"


def test_the_demo_endpoint_lists_its_practice(environment: dict[str, str]) -> None:
    done = lmdeck(environment, "demo", "--fault", "no-such-fault")
    assert done.returncode == 2
    assert "teapot" in done.stderr.split("Choose one of: ")[1].rstrip(".\n").split(", ")


def test_without_its_entry_nothing_knows_it(teapot: str, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui.cli.main", "check", teapot, "--model", "m", "--json"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert json.loads(done.stdout)["verdict"]["cause"] not in (None, "teapot")
