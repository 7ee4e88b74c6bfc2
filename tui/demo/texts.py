"""What the demo models say: fixed texts, written to show every kind of Markdown an answer can hold."""

from __future__ import annotations

TOUR_REASONING = """\
The person writes {quote}. I am the demo model, so I should show what a reasoning model looks like in a \
terminal.

First I think, and these words arrive as reasoning. Then I answer in Markdown: headings, a list with a \
level below it, a table, some code, a quotation. Wide characters such as 日本語 and an emoji 🚀 belong in \
it too, because a terminal has to count their cells.

I should also say how the figures in the status bar come about. That is enough thought; now the answer.
"""

TOUR_ANSWER = """\
## Hello from the demo model

You wrote {quote}. I am a **script**, not a neural network: the same question gets the same answer, at \
the same speed, without a network. That makes me good for *practice*.

### What just happened

1. Your prompt went to `POST /v1/chat/completions`, as it would to any server.
2. The reasoning came first:
   - it streamed into the fold above,
   - and folded to one line when the answer began.
3. The answer streams now, and the figures below it are counted as it comes.

| Figure | Meaning | Unit |
| --- | --- | ---: |
| TTFT | time to the first token | ms |
| TPOT | time per further token | ms |
| tokens/s | decoding speed | 1/s |
| cost | tokens × price / 1,000 | USD |

### The same in Python

```python
from collections.abc import Iterator


def answers(lines: Iterator[str]) -> Iterator[str]:
    \"\"\"Yield the text of each event of a stream.\"\"\"
    for line in lines:
        if line.startswith("data: ") and line != "data: [DONE]":
            yield line.removeprefix("data: ")
```

> A stream is a conversation with time: what matters is not only what is said, but when.

- [x] reasoning and answer told apart
- [x] 宽字符 and 日本語 measured in cells, café and naïve too
- [ ] your own endpoint added 🚀

More is in the [CommonMark specification](https://commonmark.org/help/).
"""

CODE_REASONING = """\
The question {quote} is about code. A short, complete function with a test is better than a long one \
without. I will write a retry with a growing pause, explain the two decisions in it, and show how to run it.

Which exceptions? Only those that a second try can cure. How long a pause? Doubling, with a ceiling.
"""

CODE_ANSWER = """\
## A retry that knows when to stop

You asked {quote}. Here is a small function with its *two* decisions written down:

```python
import time
from collections.abc import Callable


def retry[T](action: Callable[[], T], tries: int = 3, pause: float = 0.5) -> T:
    \"\"\"Call an action again when the connection fails, at most ``tries`` times.\"\"\"
    for attempt in range(1, tries + 1):
        try:
            return action()
        except ConnectionError:
            if attempt == tries:
                raise
            time.sleep(min(8.0, pause * 2**attempt))
    raise ValueError("tries must be at least 1")
```

1. **Only `ConnectionError`** is tried again: a wrong key stays wrong.
2. **The pause doubles**, and never exceeds eight seconds.

Run its test with:

```bash
python -m pytest -q tests/test_retry.py
```

| Try | Pause before it |
| ---: | ---: |
| 1 | 0 s |
| 2 | 1 s |
| 3 | 2 s |

> Retry before the first byte, never after it: otherwise somebody pays twice.
"""

COMPARE_REASONING = """\
{quote} asks for a comparison, so a table is the right form. The columns: server, what it is best at, how \
its reasoning arrives. Then one sentence of advice for each kind of machine, since a table alone decides \
nothing.
"""

COMPARE_ANSWER = """\
## Three ways to serve a model

You asked {quote}. In short:

| Server | Good at | Reasoning arrives as | Default port |
| :--- | :--- | :--- | ---: |
| vLLM | many people at once | `reasoning` | 8000 |
| llama.cpp | one machine, any processor | `reasoning_content` | 8080 |
| Ollama | the first evening | `reasoning` | 11434 |

### Which one?

- **A GPU server**: vLLM
  - it batches requests,
  - and it keeps the prompts' prefixes.
- **A laptop**: llama.cpp
- **No idea yet**: Ollama, and change later; every client speaks the same protocol.

> The best server is the one whose log you can read.
"""

SHORT_REASONING = "Just {quote}: a greeting deserves a short, friendly answer.\n"

SHORT_ANSWER = """\
Hello! 👋 You said {quote}.

I am the **demo model** of lmdeck. Ask me for *code*, for a *comparison*, or anything else, and watch the \
reasoning fold away when the answer begins.
"""

PLAIN_ANSWER = """\
You wrote {quote}. This model answers without reasoning and without Markdown, so that you can see the \
difference. It is a script: the same prompt always gets the same words. Its speed is set by the server, \
its tokens are counted by the server, and its price is zero.
"""

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
