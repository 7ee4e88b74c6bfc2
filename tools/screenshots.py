"""Takes the pictures of the README from the running program, with the demo endpoint.

python tools/screenshots.py [NAME …]            # writes screenshots/*.svg
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from textual.pilot import Pilot

from tui.core.ledger import LedgerLine
from tui.core.observed import Purpose
from tui.core.provider import Provider, State
from tui.core.usage import Price, Usage, cost_of
from tui.demo.server import DemoServer
from tui.runtime.runtime import Runtime, open_runtime
from tui.store.ledger_file import LedgerFile
from tui.ui.app import ChatStart, LmdeckApp, Start
from tui.ui.chat.screen import ChatScreen

FOLDER = Path(__file__).parent.parent / "screenshots"
SIZE = (120, 34)
LIMIT_SECONDS = 60.0

Story = Callable[[Pilot[None]], Awaitable[None]]


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
    return runtime


def spend(runtime: Runtime) -> None:
    """Fill the ledger of this month until now, the same in every run of a day."""
    ledger = LedgerFile(runtime.paths.ledger_dir)
    now = datetime.now(UTC)
    paid = Price(Decimal("0.00055"), Decimal("0.00219"))
    for day in range(now.day):
        for number in range(1 + (day * 7) % 5):
            for provider, price in (("reasoner", paid), ("vllm", Price(Decimal(0), Decimal(0)))):
                usage = Usage(2_000 + 900 * number, 700 + 150 * day % 800, 200, 1_000)
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


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Wait until a condition holds.

    Raises:
        TimeoutError: it never did.
    """
    async with asyncio.timeout(LIMIT_SECONDS):
        while not condition():
            await pilot.pause(0.05)


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
    await until(pilot, shows(pilot, r"TTFT \d"))
    await pilot.press("tab", "q")
    await until(pilot, shows(pilot, "Providers ─"))
    await until(pilot, shows(pilot, r"gpu03 .*model gone"))
    await until(pilot, lambda: "checking" not in visible_text(pilot))
    for _ in range(8):
        if shows(pilot, "Model not found")():
            break
        await pilot.press("j")
        await pilot.pause(0.1)


async def failure(pilot: Pilot[None]) -> None:
    """A chat with an endpoint where nothing listens."""
    await _ask(pilot, "Which of these two designs is simpler?")
    await until(pilot, shows(pilot, "Connection refused"))


async def picker(pilot: Pilot[None]) -> None:
    """The choice of a model, over the models of every provider."""
    await until(pilot, shows(pilot, "Enter to send"))
    await pilot.press("escape", "m")
    await until(pilot, shows(pilot, r"demo-plain"))
    await pilot.pause(0.3)


async def form_error(pilot: Pilot[None]) -> None:
    """The form, with an error and the repair that it offers."""
    await pilot.press("a")
    await until(pilot, shows(pilot, "Sub type"))
    await pilot.press(*"my-server")
    for _ in range(30):
        await pilot.press("tab")
        if getattr(pilot.app.focused, "id", None) in ("provider_url", "field-provider_url"):
            break
    await pilot.press(*"localhost:8000/v1")
    await until(pilot, shows(pilot, "http://localhost:8000/v1"))


async def reasoning(pilot: Pilot[None]) -> None:
    """A chat while the model reasons."""
    await _ask(pilot, "Compare SSD, HDD and tape for backups, as a table with code to choose one.")
    await until(pilot, lambda: pilot.app.screen.query("Transcript") and _reasoned(pilot) > 300)


async def folded(pilot: Pilot[None]) -> None:
    """A chat whose answer is complete, the reasoning folded."""
    await _ask(pilot, "Show me code that retries a request, with a test.")
    await until(pilot, shows(pilot, r"TTFT \d"))
    await pilot.press("tab", "g")
    await until(pilot, shows(pilot, r"Thought \d"))


async def diagnosis(pilot: Pilot[None]) -> None:
    """The diagnosis of an endpoint where nothing listens."""
    await until(pilot, shows(pilot, r"vllm .*refused"))
    await pilot.press("down", "d")
    await until(pilot, shows(pilot, "Connection refused"))
    await until(pilot, shows(pilot, "wait for this one"))


async def times(pilot: Pilot[None]) -> None:
    """Where the time of an answer went."""
    for prompt in ("Compare SSD and tape for backups.", "Show me code that retries a request."):
        await _ask(pilot, prompt)
        await until(pilot, lambda: not _is_busy(pilot))
    await pilot.press("tab", "i")
    await until(pilot, shows(pilot, "Where the time went"))


async def costs(pilot: Pilot[None]) -> None:
    """What a month has cost."""
    await pilot.press("dollar_sign")
    await until(pilot, shows(pilot, "per day"))
    await until(pilot, shows(pilot, r"vllm .*free"))


def _is_busy(pilot: Pilot[None]) -> bool:
    screen = pilot.app.screen
    return not isinstance(screen, ChatScreen) or screen.control.last is None or screen.control.is_busy


async def _ask(pilot: Pilot[None], prompt: str) -> None:
    await until(pilot, shows(pilot, "Enter to send"))
    await pilot.press(*(character if character != " " else "space" for character in prompt))
    await pilot.press("enter")


def _reasoned(pilot: Pilot[None]) -> int:
    screen = pilot.app.screen
    last = screen.control.last if isinstance(screen, ChatScreen) else None
    return len(last.reasoning) if last is not None else 0


CHAT = ChatStart("reasoner")
PICTURES: tuple[tuple[str, str, Start, Story], ...] = (
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
)


def without_remote_fonts(svg: str) -> str:
    """A picture must not fetch anything: the reader's own monospace font does."""
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


async def take(name: str, theme: str, start: Start, story: Story) -> None:
    """Run the program, play a story, and write what is on the screen."""
    demo = DemoServer(rate=40 if story is reasoning else 120)  # long enough thoughts to be met in them
    demo_url = demo.start()
    try:
        with tempfile.TemporaryDirectory() as home:
            app = LmdeckApp(new_runtime(Path(home), demo_url, theme), start, {})
            async with app.run_test(size=SIZE) as pilot:
                await story(pilot)
                svg = app.export_screenshot(title="lmdeck")
    finally:
        demo.stop()
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.svg").write_text(without_remote_fonts(svg))
    print(f"screenshots/{name}.svg")


async def main() -> None:
    """Take every picture."""
    wanted = sys.argv[1:]
    for picture in PICTURES:
        if not wanted or picture[0] in wanted:
            await take(*picture)


if __name__ == "__main__":
    asyncio.run(main())
