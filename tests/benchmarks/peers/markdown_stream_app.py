"""The natural Textual chat: one ``MarkdownStream`` per answer, the view anchored to its end.

Usage: ``markdown_stream_app.py BASE_URL MODEL``.
"""

from __future__ import annotations

import json
import sys

import httpx
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input, Markdown


class MarkdownStreamApp(App[None]):
    """Asks and shows."""

    CSS = "VerticalScroll { height: 1fr; }"

    def compose(self) -> ComposeResult:
        yield VerticalScroll(id="log")
        prompt = Input(placeholder="ask>")
        prompt.cursor_blink = False
        yield prompt

    def on_mount(self) -> None:
        self.client = httpx.AsyncClient(timeout=None, trust_env=False)
        self.query_one("#log", VerticalScroll).anchor()
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.input.value = ""
        self.run_worker(self.ask(event.value))

    async def ask(self, prompt: str) -> None:
        answer = Markdown()
        await self.query_one("#log", VerticalScroll).mount(answer)
        stream = Markdown.get_stream(answer)
        body = {"model": sys.argv[2], "stream": True, "messages": [{"role": "user", "content": prompt}]}
        async with self.client.stream("POST", f"{sys.argv[1]}/chat/completions", json=body) as response:
            async for line in response.aiter_lines():
                if line.startswith("data: {"):
                    choices = json.loads(line[6:])["choices"]
                    if choices and (text := choices[0]["delta"].get("content")):
                        await stream.write(text)
        await stream.stop()


if __name__ == "__main__":
    MarkdownStreamApp().run()
