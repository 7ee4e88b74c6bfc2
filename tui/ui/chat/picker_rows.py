"""The rows of the picker: provider, model, state and price, in columns that fit the width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from textual.content import Content

from tui.core.causes import explain
from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.texts import chat as texts
from tui.ui.chat.pairs import Pair
from tui.ui.providers.columns import price_text
from tui.ui.providers.reach import Reach, reach_after, state_words
from tui.ui.shell.fitted import fitted

if TYPE_CHECKING:
    from tui.wire.models import ModelList

_GAP = 2
_WIDEST_NAME = 22
_NARROWEST_NAME = 10
_NARROWEST_MODEL = 24
_WIDEST_STATE = 15


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known about a provider's server."""

    reach: Reach
    milliseconds: float | None = None
    failure: Failure | None = None
    models: ModelList | None = None
    """Its models."""

    def about(self, model: str) -> Answer:
        """Return the state of a model: one that is not listed is missing, even if the server responds."""
        if self.models is None or not self.models.lacks(model):
            return self
        failure = explain("model-not-found", model=model, is_doubtful="yes")
        return Answer(reach_after(failure), failure=failure)

    @property
    def words(self) -> str:
        """Its state with its mark."""
        return state_words(self.reach, self.milliseconds, self.failure)


class Columns(NamedTuple):
    """The widths of the columns."""

    name: int
    model: int
    state: int
    price: int


def columns_for(pairs: Sequence[Pair], known: Mapping[str, Answer], width: int) -> Columns:
    """Return the columns for rows of ``width`` cells; the model gets what the others leave."""
    names = max((cell_len(safe_line(pair.provider.label)) for pair in pairs), default=0)
    price = max((cell_len(price_text(pair.provider)) for pair in pairs), default=0)
    name = min(_WIDEST_NAME, max(names, _NARROWEST_NAME)) + 2
    price = max(price, cell_len(texts.PICKER_PRICE))
    states = max((cell_len(known[pair.provider.name].about(pair.model).words) for pair in pairs), default=0)
    state = min(_WIDEST_STATE, max(states, cell_len(texts.PICKER_STATE)))
    rest = width - state - price - 3 * _GAP
    if rest - name < _NARROWEST_MODEL:
        name = max(_NARROWEST_NAME + 2, rest - _NARROWEST_MODEL)
    return Columns(name, max(1, rest - name), state, price)


def header(columns: Columns) -> Content:
    """Return the titles of the columns."""
    titles = (f"  {texts.PICKER_PROVIDER}", texts.PICKER_MODEL, texts.PICKER_STATE, texts.PICKER_PRICE)
    gap = " " * _GAP
    return Content(gap.join(fitted(title, width) for title, width in zip(titles, columns, strict=True)))


def row(pair: Pair, columns: Columns, known: Mapping[str, Answer]) -> Content:
    """Return one pair as a row."""
    answer = known[pair.provider.name].about(pair.model)
    star = texts.DEFAULT_MARK if pair.provider.is_default else " "
    name = f"{star} {safe_line(pair.provider.label)}"
    model = safe_line(pair.model) + (f" {texts.PICKER_TYPED}" if pair.is_typed else "")
    gap = " " * _GAP
    return Content.assemble(
        fitted(name, columns.name),
        gap,
        (fitted(model, columns.model), "bold"),
        gap,
        (fitted(answer.words, columns.state), answer.reach.colour),
        gap,
        (fitted(price_text(pair.provider), columns.price), "dim"),
    )
