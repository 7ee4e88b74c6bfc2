"""Takes the pictures of the README from the running program, with the demo endpoint on a stage.

python tools/screenshots.py [--to FOLDER] [NAME …]            # writes screenshots/*.svg
"""

from __future__ import annotations

import argparse
import asyncio
import re
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from textual.pilot import Pilot

from tests.support.fake_machine import FakeMachine
from tools.animation import Animation, without_remote_fonts
from tools.stage import PORT, STAGE, staged_demo, until
from tui.core.abilities import Ability, AbilityResult, Outcome
from tui.core.ability_memory import AbilityRecord
from tui.core.ledger import LedgerLine
from tui.core.observed import Purpose
from tui.core.provider import Provider, State
from tui.core.usage import Price, Usage, cost_of
from tui.net.machine.machine import Machine
from tui.runtime.past_checks import history_key
from tui.runtime.runtime import Runtime, open_runtime
from tui.store.ledger_file import LedgerFile
from tui.ui.app import LmdeckApp
from tui.ui.chat.screen import ChatScreen
from tui.ui.start import ChatStart, Start

USUAL = Path(__file__).parent.parent / "screenshots"
SIZE = (100, 28)
_HELD_BACK_SECONDS = 0.2
_SETTLED_SECONDS = 0.75
"""Everything that is drawn later than it arrived is drawn by then."""

Story = Callable[[Pilot[None]], Awaitable[str | None]]
"""Plays on the screens; returns a picture where that is not what is on the screen at the end."""


def new_runtime(home: Path, demo_url: str, theme: str) -> Runtime:
    """Return a runtime with the providers of a user; every address is on this machine."""
    environment = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_DIRS": str(home / "site"),
        "PATH": "/usr/bin:/bin",
        "VLLM_KEY": "not-a-real-key-1234",
    }
    settings = home / "config" / "lmdeck" / "config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f'theme = "{theme}"\ncalm = true\n')
    runtime = open_runtime(environment)
    runtime.machine = Machine(environment, machine_in(home / "machine"))
    for provider in (
        Provider(
            "reasoner",
            "Reasoning model",
            model="demo-reasoner",
            provider_url=demo_url,
            input_price=Decimal("0.00055"),
            output_price=Decimal("0.00219"),
            is_default=True,
        ),
        Provider(
            "vllm",
            "Qwen3 on vLLM",
            model="Qwen/Qwen3-8B",
            provider_url="http://localhost:8009/v1",
            input_price=Decimal(0),
            output_price=Decimal(0),
        ),
        Provider(
            "gpu03",
            model="Qwen/Qwen3-32B",
            provider_url=demo_url,
            input_price=Decimal(0),
            output_price=Decimal(0),
        ),
        Provider(
            "resting",
            "Embedder",
            model="bge-m3",
            provider_url="http://localhost:8010/v1",
            state=State.INACTIVE,
        ),
    ):
        runtime.provider_changes.save(provider, "env:VLLM_KEY" if provider.name == "vllm" else None)
    spend(runtime)
    test(runtime)
    return runtime


def machine_in(root: Path) -> Path:
    """Return the root of a machine with one vLLM, where the demo is: nothing of this one is shown."""
    root.mkdir(parents=True)
    machine = FakeMachine(root)
    machine.listen("127.0.0.1", PORT, 70)
    machine.run(4711, "vllm", "serve", "Qwen/Qwen3-8B", name="vllm", sockets=(70,))
    return root


def spend(runtime: Runtime) -> None:
    """Fill the ledger of this month until now, the same in every run of a day."""
    ledger = LedgerFile(runtime.paths.ledger_dir)
    now = datetime.now(UTC)
    paid = Price(Decimal("0.00055"), Decimal("0.00219"))
    for day in range(now.day):
        for number in range(1 + (day * 7) % 5):
            for provider, price, more in (
                ("reasoner", paid, 0),
                ("vllm", Price(Decimal(0), Decimal(0)), 731),
            ):
                usage = Usage(2_000 + 900 * number + more, 700 + 150 * day % 800 + more, 200, 1_000 + more)
                cost = cost_of(usage, price)
                line = LedgerLine(
                    now - timedelta(days=day, minutes=number),
                    Purpose.CHAT,
                    provider,
                    usage=usage,
                    price=price,
                    own_amount=None if cost is None else cost.total,
                    ttft_ms=120.0 + day,
                    tokens_per_second=61.0 + number,
                )
                ledger.append(line)


def test(runtime: Runtime) -> None:
    """Remember what tests have shown of three providers; one of them can do less since."""
    outcomes = {"y": Outcome.YES, "n": Outcome.NO, "i": Outcome.IGNORED, "b": Outcome.BROKEN}
    now = datetime.now(UTC)
    for name, found, before in (
        ("vllm", "yyyyyyyyyyynnynnyyy", ""),
        ("gpu03", "ybybyyyyyyynyynnyyy", "yyyy"),
        ("smollm2", "iiiiyyynyyynyynnyyy", ""),
    ):
        provider = runtime.directory.get(name)
        record = AbilityRecord()
        for marks, days in ((before, 6), (found, 1)):
            results = [
                AbilityResult(ability, outcomes[mark], "what the test saw", model=provider.model)
                for ability, mark in zip(Ability, marks, strict=False)
            ]
            record = record.plus("", "", results, (now - timedelta(days=days)).isoformat())
        key = history_key(provider) or ""
        runtime.endpoint_memory.add_abilities(key, provider.model, record.to_json())


def shows(pilot: Pilot[None], pattern: str) -> Callable[[], bool]:
    """Return a condition: the screen shows a text."""

    def is_shown() -> bool:
        return re.search(pattern, visible_text(pilot)) is not None

    return is_shown


def visible_text(pilot: Pilot[None]) -> str:
    """Return the text on the screen."""
    lines = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in lines)


async def providers(pilot: Pilot[None]) -> None:
    """The list after a chat, every provider checked, the one whose model is gone selected."""
    await _ask(pilot, "Show me code that retries a request, with a test.")
    await play(pilot)
    await pilot.press("tab", "q")
    await until(shows(pilot, "Providers ─"))
    await until(shows(pilot, r"gpu03 .*model gone"))
    await until(lambda: "checking" not in visible_text(pilot))
    for _ in range(8):
        if shows(pilot, "Model not found")():
            break
        await pilot.press("j")
        await pilot.pause(0.1)


async def failure(pilot: Pilot[None]) -> None:
    """A chat with an endpoint where nothing listens."""
    await _ask(pilot, "Which of these two designs is simpler?")
    await until(shows(pilot, "Connection refused"))


async def picker(pilot: Pilot[None]) -> None:
    """The choice of a model, over the models of every provider."""
    await until(shows(pilot, "Enter to send"))
    await pilot.press("escape", "m")
    await until(shows(pilot, r"demo-plain"))
    await pilot.pause(0.3)


async def form_error(pilot: Pilot[None]) -> None:
    """The form, with an error and the repair that it offers."""
    await pilot.press("a")
    await until(shows(pilot, "Sub type"))
    await pilot.press(*"my-server")
    for _ in range(30):
        await pilot.press("tab")
        if getattr(pilot.app.focused, "id", None) in ("provider_url", "field-provider_url"):
            break
    await pilot.press(*"localhost:8000/v1")
    await until(shows(pilot, "http://localhost:8000/v1"))


async def reasoning(pilot: Pilot[None]) -> None:
    """A chat while the model reasons."""
    await _ask(pilot, "Compare SSD, HDD and tape for backups, as a table with code to choose one.")
    await play(pilot, 70)


async def folded(pilot: Pilot[None]) -> None:
    """A chat whose answer is complete, the reasoning folded."""
    await _ask(pilot, "Show me code that retries a request, with a test.")
    await play(pilot)
    await pilot.press("tab", "g")
    await until(shows(pilot, r"Thought \d"))


async def diagnosis(pilot: Pilot[None]) -> None:
    """The diagnosis of an endpoint where nothing listens."""
    await until(shows(pilot, r"vllm .*refused"))
    await pilot.press("down", "d")
    await until(shows(pilot, "Connection refused"))
    await until(shows(pilot, "wait for this one"))


async def times(pilot: Pilot[None]) -> None:
    """Where the time of an answer went."""
    for prompt in ("Compare SSD and tape for backups.", "Show me code that retries a request."):
        await _ask(pilot, prompt)
        await play(pilot)
    await pilot.press("tab", "i")
    await until(shows(pilot, "Where the time went"))


async def costs(pilot: Pilot[None]) -> None:
    """What a month has cost."""
    await pilot.press("dollar_sign")
    await until(shows(pilot, "per day"))
    await until(shows(pilot, r"vllm .*free"))


async def abilities(pilot: Pilot[None]) -> None:
    """What three providers can do, one of them less than at the test before."""
    await pilot.press("M")
    await until(shows(pilot, "Anthropic messages"))
    await pilot.press("right", "down")
    await until(shows(pilot, "▸ gpu03"))


async def tour(pilot: Pilot[None]) -> str:
    """A question, the reasoning, the answer, and where the time went: as a picture that moves."""
    moving = Animation()

    def show(seconds: float) -> None:
        moving.show(pilot.app.export_screenshot(title="lmdeck"), seconds)

    await until(shows(pilot, "Enter to send"))
    show(0.8)
    for word in re.findall(r"\S+ ?", "Show me code that retries a request, with a test."):
        await pilot.press(*(character if character != " " else "space" for character in word))
        show(0.12)
    show(0.5)
    await pilot.press("enter")
    while await play(pilot, 9):
        show(0.17)
    show(2.5)
    await pilot.press("tab", "i")
    await until(shows(pilot, "Where the time went"))
    show(3.5)
    return moving.svg()


async def play(pilot: Pilot[None], tokens: int = 1_000_000) -> bool:
    """Let the demo send tokens, each once the one before has arrived; return whether the answer goes on."""
    await until(lambda: not _is_done(pilot))
    for _ in range(tokens):
        before = _length(pilot)
        STAGE.allow()
        with suppress(TimeoutError):  # white space is held back until what follows is known
            async with asyncio.timeout(_HELD_BACK_SECONDS):
                while not _is_done(pilot) and _length(pilot) == before:
                    await asyncio.sleep(0.002)
        if _is_done(pilot):
            break
    await pilot.pause(_SETTLED_SECONDS)
    return not _is_done(pilot)


def _length(pilot: Pilot[None]) -> int:
    screen = pilot.app.screen
    turn = screen.control.last if isinstance(screen, ChatScreen) else None
    return 0 if turn is None else len(turn.reasoning) + len(turn.answer)


def _is_done(pilot: Pilot[None]) -> bool:
    screen = pilot.app.screen
    return not isinstance(screen, ChatScreen) or not screen.control.is_busy


async def _ask(pilot: Pilot[None], prompt: str) -> None:
    await until(shows(pilot, "Enter to send"))
    await pilot.press(*(character if character != " " else "space" for character in prompt))
    await pilot.press("enter")


CHAT = ChatStart("reasoner")
PICTURES: tuple[tuple[str, str, Start, Story], ...] = (
    ("tour", "dark", CHAT, tour),
    ("providers", "dark", CHAT, providers),
    ("form-error", "dark", "providers", form_error),
    ("chat-reasoning", "dark", CHAT, reasoning),
    ("chat-folded", "dark", CHAT, folded),
    ("chat-light", "light", CHAT, folded),
    ("chat-failure", "dark", ChatStart("vllm"), failure),
    ("picker", "dark", CHAT, picker),
    ("diagnosis", "dark", "providers", diagnosis),
    ("times", "dark", CHAT, times),
    ("costs", "dark", "providers", costs),
    ("abilities", "dark", "providers", abilities),
)


async def take(theme: str, start: Start, story: Story) -> str:
    """Run the program, play a story, and return the picture."""
    with staged_demo() as demo_url, tempfile.TemporaryDirectory() as home:
        app = LmdeckApp(new_runtime(Path(home), demo_url, theme), start, {})
        async with app.run_test(size=SIZE) as pilot:
            svg = await story(pilot)
            await pilot.pause(_SETTLED_SECONDS)
            svg = svg or app.export_screenshot(title="lmdeck")
    return re.sub(r"terminal-\d+", "t", without_remote_fonts(svg))


async def main() -> None:
    """Take every picture, or those that are named."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", type=Path, default=USUAL)
    parser.add_argument("names", nargs="*")
    wanted = parser.parse_args()
    for name, theme, start, story in PICTURES:
        if not wanted.names or name in wanted.names:
            file = wanted.to / f"{name}.svg"
            file.write_text(await take(theme, start, story), encoding="utf-8")
            print(file)


if __name__ == "__main__":
    asyncio.run(main())
