"""The answers of the demo models: the files in ``texts/``, which show all kinds of Markdown."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_ANSWER = "<!-- answer -->\n\n"
"""Separates reasoning and answer."""

HOSTILE_REASONING = "Markup [/] and [link='x and \x1b[31mred\x1b[0m belong to nobody; {quote} is data.\n"

HOSTILE_ANSWER = """\
Every line below is text that some terminals obey. Here each of them must show as text.

- markup: [/] [link='x [INST] [bold red]not red[/bold red] <b>not bold</b>
- colour: \x1b[31mnot red\x1b[0m and C1 \x9b32mnot green\x9b0m
- title: \x1b]0;not a title\x07 and clipboard: \x1b]52;c;bm90IGNvcGllZA==\x07
- direction: \u202etxet desrever\u202c and an isolate \u2066abc\u2069
- nothing to see: zero\u200bwidth\u200djoined\ufeff end
- lines: bell \x07, backspace a\x08b, carriage return a\rb, vertical tab \x0b, form feed \x0c

```
\x1b[2J the screen is still here, and so is {quote}
```
"""


@cache
def text(name: str) -> tuple[str, str]:
    """Return the reasoning and the answer in a file."""
    content = Path(__file__).with_name("texts").joinpath(f"{name}.md").read_text("utf-8")
    reasoning, _, answer = content.partition(_ANSWER)
    return reasoning.removesuffix("\n"), answer
