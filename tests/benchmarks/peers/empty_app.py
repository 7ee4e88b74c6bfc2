"""An empty Textual application: what the toolkit alone costs."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import TextArea


class EmptyApp(App[None]):
    """A prompt and nothing else."""

    CSS = "TextArea { dock: bottom; height: 4; }"

    def compose(self) -> ComposeResult:
        prompt = TextArea()
        prompt.cursor_blink = False
        yield prompt


if __name__ == "__main__":
    EmptyApp().run()
