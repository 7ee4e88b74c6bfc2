"""The cost of embeddings, which have no output."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tui.core.embedding import embedding_cost, embedding_price
from tui.core.figures import format_cost
from tui.core.usage import Price, Usage


@pytest.mark.parametrize(
    ("price", "words"),
    [
        (Price(Decimal(0), None), "free"),
        (Price(Decimal(0), Decimal(2)), "free"),
        (Price(Decimal("0.5"), None), "0.50 USD"),
        (Price(None, Decimal(2)), ""),
        (Price(None, None), ""),
    ],
)
def test_the_price_of_the_input_decides(price: Price, words: str) -> None:
    assert format_cost(embedding_cost(Usage(1000, 0), price), embedding_price(price)) == words
