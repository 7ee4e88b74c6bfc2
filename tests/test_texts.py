"""Texts for users are plain software English, and stand in the catalogues alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.cli.test_help import every_help
from tests.support.imports import ROOT, imported, sources
from tests.support.literals import literals

BANNED = (
    r"takes? it\b(?! that)",
    r"(?:go|goes|going|gone|went) on\b",
    r"as (?:it|they) stands?\b",
    r"as it (?:came|was met)\b",
    r"what came\b",
    r"nobody (?:knows|vouches|else)",
    r"not told",
    r"kept aside",
    r"said aloud",
    r"rungs?\b",
    r"ladders?\b",
    r"(?:some|any)body\b",
    r"who (?:answers|knows)\b",
    r"whoever\b",
    r"a person\b",
    r"a hole\b",
    r"leav(?:e|es|ing)\b(?! (?:it )?(?:out|empty|unset)\b)",
    r"asked again\b",
    r"(?:ask|asks|asking|look|looks) again\b",
    r"once more\b",
    r"that (?:was|were) thought\b",
    r"other way round",
    r"without a word\b",
    r"as asked\b",
    r"say where\b",
    r"a first word\b",
    r"is so already",
    r"nothing is asked",
    r"speaks to\b",
    r"the route is\b",
    r"because of: ",
    r"as little as possible",
    r"must be told",
    r"do not ask\b",
    r"a terminal deck\b",
)
"""What a reader would have to translate, as patterns that begin at a word."""
PATTERN = re.compile(rf"(?<![\w.-])(?:{'|'.join(BANNED)})(?!\.\w)", re.IGNORECASE)

PAGES = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/*.md",
    "tui/**/*.txt",
    "tui/demo/texts/*.md",
)

SENTENCE = re.compile(r"(?=(?:\S+\s+){2})[A-Z“{].*[.?!…]", re.DOTALL)
WORDS = re.compile(r"[a-z]{2}.* .*[a-z]{2}", re.DOTALL)
CATALOGUES = {
    "tui.core.provider_schema": "the fields of a provider",
}
"""Modules that are the catalogue of a subject, beside ``tui/texts``."""
NOT_SHOWN = {
    "tui.demo.bench_script": "what the scripted model says",
    "tui.demo.connection": "what the scripted server answers",
    "tui.demo.embeddings": "what the scripted server answers",
    "tui.net.probe.chat": "what a check sends",
    "tui.runtime.chat_control": "what a defect says",
    "tui.session.chat_session": "what a request to continue sends",
    "tui.core.provider": "what a test sends",
    "tui.runtime.builtin": "what the built-in model is told",
    "tui.demo.plan": "what the scripted server answers",
    "tui.demo.reply_faults": "what the scripted server answers",
    "tui.demo.said": "what the scripted model says",
    "tui.core.embedding": "what a test sends",
}
"""Modules whose sentences are no texts for users, and what they are."""

FRAGMENT = re.compile(r"[A-Za-z]{2,} [a-z]{2,}|[a-z]{3,} [A-Za-z]{2,}")
FREE_OF_FRAGMENTS = ("tui.core", "tui.session", "tui.store", "tui.wire")
"""Packages whose texts stand in the catalogues to the last half of a sentence."""
_SERVERS = "patterns of servers' words"
_DEFECT = "what a defect says"
NO_TEXTS = {
    "tui.core.known_failure": "the name of a group of causes",
    "tui.core.lazy_dataclass": "source of a class",
    "tui.core.placeholders": "words that are no keys",
    "tui.core.search_text": _DEFECT,
    "tui.core.secret": _DEFECT,
    "tui.core.usage": _DEFECT,
    "tui.session.prompt_queue": "values of an enumeration",
    "tui.store.lease": _DEFECT,
    "tui.store.ledger_file": "strerror, in place of which errno is shown",
    "tui.store.summaries": _DEFECT,
    "tui.store.text_cache": "the version of a cache",
    "tui.wire.dialects": "the table of a page, and patterns of servers' words",
    "tui.wire.embeddings": _SERVERS,
    "tui.wire.error_facts": _SERVERS,
    "tui.wire.error_words": _SERVERS,
    "tui.wire.gateways": _SERVERS,
    "tui.wire.load_state": _SERVERS,
    "tui.wire.server_quirks": _SERVERS,
    "tui.wire.token_limits": _SERVERS,
    "tui.wire.usage_fields": "the name of a source of figures",
}
"""Modules of them whose words are no texts for users, and what they are."""


@cache
def shown() -> dict[str, str]:
    """Return what users read, by where it is."""
    texts = {
        str(path.relative_to(ROOT)): path.read_text("utf-8")
        for pattern in PAGES
        for path in sorted(ROOT.glob(pattern))
    }
    texts |= {name: "\n\n".join(text for _, text in literals(tree)) for name, tree in sources().items()}
    return texts | {"help": every_help()}


def banned_phrases(text: str) -> list[str]:
    """Return each banned phrase of a text, with the words around it."""
    joined = " ".join(text.split())
    return [joined[max(0, hit.start() - 30) : hit.end() + 20] for hit in PATTERN.finditer(joined)]


def sentences_of(name: str) -> Iterator[str]:
    """Yield the literals of a module that read like sentences."""
    return (
        text
        for _, text in literals(sources()[name])
        if SENTENCE.fullmatch(text.strip()) and WORDS.search(text)
    )


def test_no_text_has_a_phrase_that_needs_translation() -> None:
    found = {name: banned_phrases(text) for name, text in shown().items()}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_every_sentence_is_in_a_catalogue() -> None:
    outside = {
        name: list(sentences_of(name))
        for name in sources()
        if not name.startswith("tui.texts") and name not in {*CATALOGUES, *NOT_SHOWN}
    }
    assert {name: hits for name, hits in outside.items() if hits} == {}


def fragments_of(name: str) -> list[str]:
    """Return the literals of a module that have two words or more."""
    return [text for _, text in literals(sources()[name]) if "\n" not in text and FRAGMENT.search(text)]


def test_every_fragment_is_in_a_catalogue() -> None:
    names = [name for name in sources() if name.startswith(FREE_OF_FRAGMENTS)]
    outside = {name: fragments_of(name) for name in names if name not in {*CATALOGUES, *NOT_SHOWN, *NO_TEXTS}}
    assert {name: hits for name, hits in outside.items() if hits} == {}


@pytest.mark.parametrize("name", sorted(NO_TEXTS))
def test_every_exception_for_fragments_is_one(name: str) -> None:
    assert fragments_of(name)


@pytest.mark.parametrize("name", sorted({**CATALOGUES, **NOT_SHOWN}))
def test_every_exception_is_one(name: str) -> None:
    assert list(sentences_of(name))


@pytest.mark.parametrize(
    "text",
    [
        "Enter takes it",
        "Ctrl+G goes on with the answer",
        "the values as they stand",
        "what came\nis kept",
        "Leave; asks only while",
        "Esc leaves all as it was",
        "Somebody else",
        "how to report a hole",
    ],
)
def test_a_banned_phrase_is_found(text: str) -> None:
    assert banned_phrases(text)


@pytest.mark.parametrize(
    "text", ["It takes items", "undergone on", "a holed wheel", "wrung", "Leave it empty."]
)
def test_other_words_are_not(text: str) -> None:
    assert banned_phrases(text) == []


def test_a_catalogue_imports_nothing_but_typing() -> None:
    found = {name: set(imported(tree)) for name, tree in sources().items() if name.startswith("tui.texts")}
    assert {name for used in found.values() for name in used} <= {"__future__.annotations", "typing.Final"}


def test_no_text_is_in_two_places() -> None:
    """One or two words may be the label of several things."""
    seen: dict[str, list[str]] = {}
    for name, tree in sources().items():
        if name.startswith("tui.texts"):
            for line, text in literals(tree):
                if len(text.split()) < 3:
                    continue
                seen.setdefault(text, []).append(f"{name}:{line}")
    assert {text: places for text, places in seen.items() if len(places) > 1} == {}
