"""Searches the texts of all conversations in the background; a new search replaces the previous one."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Sequence
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

from textual.screen import Screen

from tui.core.query import Query
from tui.ui.background import in_background
from tui.ui.deck import runtime_of

if TYPE_CHECKING:
    from tui.runtime.history_search import Found
    from tui.store.summaries import ConversationSummary

Listed = Sequence[tuple[int, "ConversationSummary"]]

MOST_LINES = 20
"""Per conversation, since a single letter occurs in thousands of lines."""
_PAUSE_SECONDS = 0.05
"""The delay after a key before its search begins, since the next key, which ends it, may follow soon."""
_SHOW_SECONDS = 0.1
"""The interval between batches of results; the first one is shown at once."""
_NEVER = 1 << 30
_SLICE_SECONDS = 0.004
"""How long a search works before it waits for the event loop; otherwise both would alternate every
millisecond."""
_FREE_SECONDS = 0.001
"""A loop that responds within this time is idle."""
_BUSY_SECONDS = 0.005
_REST = 2.0
"""The rest after a slice, relative to it, once the first visible results are shown."""
_LONGEST_WAIT_SECONDS = 0.5
_FIRST_WAIT_SECONDS = 0.05
"""Before the first step, so that the list filtered by titles is drawn first."""
_LEISURE = 8
"""The interval between redraws, relative to the time a redraw takes."""


class _Job(NamedTuple):
    """The query and the conversations to search."""

    generation: int
    query: Query
    listed: Listed
    with_reasoning: bool


_Tell = Callable[[Sequence["Found"], int, float | None], None]


class FullTextSearch:
    """The matches so far, by id of the conversation. ``show`` is called when there are more."""

    def __init__(self, screen: Screen[None], show: Callable[[], None]) -> None:
        self._screen = screen
        self._show = show
        self._generation = 0
        self._job: _Job | None = None
        self._show_seconds = _SHOW_SECONDS
        self._collections = _RareCollections()
        self.found: dict[str, Found] = {}
        self.done = 0
        self.total = 0
        self.seconds: float | None = None
        """The duration of the whole search; ``None`` while it runs."""

    @property
    def lines(self) -> str:
        """Return the number of matching lines, as far as counted."""
        counts = [len(found.hits) for found in self.found.values()]
        return f"{sum(counts):,}{'+' if MOST_LINES in counts else ''}"

    @property
    def is_running(self) -> bool:
        """Whether more matches may follow."""
        return self.total > 0 and self.seconds is None

    def begin(self, query: Query, listed: Listed, *, with_reasoning: bool) -> None:
        """Start a new search, discarding earlier results."""
        self.end()
        if query.is_about_turns and listed:
            self.total = len(listed)
            self._collections.begin()
            # Textual logs the arguments of a worker: for thousands of conversations, that takes longer than
            # the search.
            self._job = _Job(self._generation, query, listed, with_reasoning)
            in_background(self._screen, self._look, group="full text", exclusive=True)

    def end(self) -> None:
        """Stop the search, and discard its results."""
        self._generation += 1
        self._collections.end()
        self.found, self.done, self.total, self.seconds = {}, 0, 0, None

    # ── In the event loop ───────────────────────────────────────────────────────────────────

    async def _look(self) -> None:
        loop, job = asyncio.get_running_loop(), self._job
        if job is None:
            return
        await asyncio.sleep(_PAUSE_SECONDS)

        def tell(found: Sequence[Found], done: int, seconds: float | None) -> None:
            loop.call_soon_threadsafe(self._take, job.generation, found, done, seconds)

        try:
            await asyncio.to_thread(self._search, job, tell, loop)
        except asyncio.CancelledError:
            if job.generation == self._generation:  # the screen was closed, and the thread ends with it
                self.end()
            raise

    def _take(self, generation: int, found: Sequence[Found], done: int, seconds: float | None) -> None:
        """Add the results of a search, unless it was replaced."""
        if generation != self._generation or not self._screen.is_attached:
            return
        self.found.update((each.summary.identity, each) for each in found)
        self.done, self.seconds = done, seconds
        if seconds is not None:
            self._collections.end()
        begun = time.perf_counter()
        self._show()
        self._show_seconds = max(_SHOW_SECONDS, _LEISURE * (time.perf_counter() - begun))

    # ── In a thread ─────────────────────────────────────────────────────────────────────────

    def _search(self, job: _Job, tell: _Tell, loop: asyncio.AbstractEventLoop) -> None:
        begun = time.perf_counter()
        _let_work(loop, _FIRST_WAIT_SECONDS)
        worked = time.perf_counter()
        told: float | None = None
        batch: list[Found] = []
        history = runtime_of(self._screen).chat_history
        done = 0
        steps = history.search(job.listed, job.query, with_reasoning=job.with_reasoning, most=MOST_LINES)
        for done, found in enumerate(steps, 1):
            if job.generation != self._generation:
                return
            if found is not None:
                batch.append(found)
            now = time.perf_counter()
            if (batch and told is None) or now - (told or begun) >= self._show_seconds:
                tell(batch, done, None)
                batch, told = [], now
            if now - worked >= _SLICE_SECONDS:
                _let_work(loop)
                if self.found:
                    time.sleep(_REST * (now - worked))
                worked = time.perf_counter()
        tell(batch, done, time.perf_counter() - begun)


class _RareCollections:
    """Disables the tracing of old objects by the garbage collector.

    With the results of a search, it would happen several times a second, and delay a key for up to a tenth of
    one.
    """

    def __init__(self) -> None:
        self._usual: tuple[int, int, int] | None = None

    def begin(self) -> None:
        """Begin, until ``end`` is called."""
        self._usual = gc.get_threshold()
        gc.set_threshold(*self._usual[:2], _NEVER)

    def end(self) -> None:
        """Restore the previous setting."""
        if self._usual is not None:
            gc.set_threshold(*self._usual)
            self._usual = None


def _let_work(loop: asyncio.AbstractEventLoop, seconds: float = _LONGEST_WAIT_SECONDS) -> None:
    """Wait until an event loop is idle, at most ``seconds``; called in another thread."""
    end = time.perf_counter() + seconds
    while (asked := time.perf_counter()) < end:
        answered = Event()
        loop.call_soon_threadsafe(answered.set)
        answered.wait(seconds)
        if time.perf_counter() - asked < _FREE_SECONDS:
            return
        time.sleep(_BUSY_SECONDS)
