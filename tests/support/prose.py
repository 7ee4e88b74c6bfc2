"""The sentences of a document, and whether each is linked to its tests."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
_GENERATED = re.compile(r"<!-- (\w+):begin -->.*?<!-- \1:end -->|```.*?```", re.DOTALL)
_BLOCK = re.compile(r"\n\s*\n|\n(?=[#\-]|\d\. )")
_SENTENCE = re.compile(r"(?<=[.:;!?])\s+(?=[A-Z`*])|(?<=\.\*\*)\s+|(?<=[.!?])\s+(?=lmdeck |nginx )")


def sentences_and_tables(text: str) -> tuple[list[str], list[str]]:
    """Return the sentences of a text and the first columns of its tables, without what is generated."""
    sentences: list[str] = []
    tables: list[str] = []
    for block in _BLOCK.split(_GENERATED.sub("", text)):
        joined = " ".join(block.split())
        if joined.startswith("|"):
            tables.append(joined.split("|")[1].strip())
        elif joined and not joined.startswith(("#", "![")):
            sentences += _SENTENCE.split(re.sub(r"^(\d\.|-) ", "", joined))
    return sentences, tables


def not_linked(sentences: Iterable[str], starts: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the sentences that begin in none of these ways, and the beginnings that no sentence has."""
    known = list(sentences)
    without = [sentence for sentence in known if not sentence.startswith(tuple(starts))]
    return without, [start for start in starts if not any(each.startswith(start) for each in known)]


def assert_test_exists(test: str) -> None:
    """Fail where ``file`` or ``file::name`` is no test of this repository."""
    file, _, name = test.partition("::")
    assert (ROOT / file).is_file()
    assert not name or re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text(), re.MULTILINE)
