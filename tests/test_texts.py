"""Texts for users are plain software English, and only in the catalogues."""

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
    "tui.wire.abilities.prompts": "what a test sends",
}
"""Modules whose sentences are no texts for users, and what they are."""

FRAGMENT = re.compile(r"[A-Za-z]{2,} [a-z]{2,}|[a-z]{3,} [A-Za-z]{2,}")
FREE_OF_FRAGMENTS = tuple(
    f"tui.{name}" for name in ("cli", "core", "demo", "net", "runtime", "session", "store", "ui", "wire")
)
"""Packages whose texts stand in the catalogues to the last half of a sentence."""
_SERVERS = "patterns of servers' words"
_DEFECT = "what a defect says"
NO_TEXTS = {
    "tui.cli.completion": "names of commands",
    "tui.cli.exit_codes": "the name of a group of causes",
    "tui.cli.line_reader": "a setting of readline",
    "tui.cli.provider_edit": "the name of a command",
    "tui.demo.engine": _DEFECT,
    "tui.demo.engine_files": "the name of a command",
    "tui.demo.server": "the reason of a status",
    "tui.net.addresses": _DEFECT,
    "tui.net.certificate": _DEFECT,
    "tui.net.classify": "patterns of what httpx says",
    "tui.net.discover": "names of commands",
    "tui.net.http_error_details": _SERVERS,
    "tui.net.lookup": "the name of a thread",
    "tui.net.machine.known_servers": "patterns of command lines",
    "tui.net.probe.connect": _DEFECT,
    "tui.ui.early.terminal": "the name of a thread",
    "tui.net.tls": "strerror, in place of which the cause is shown",
    "tui.runtime.importing": "values of an enumeration",
    "tui.runtime.obstacles": "values of an enumeration",
    "tui.core.abilities": "values of an enumeration",
    "tui.core.known_failure": "the name of a group of causes",
    "tui.core.lazy_dataclass": "source of a class",
    "tui.core.placeholders": "words that are no keys",
    "tui.core.schema_refusal": _SERVERS,
    "tui.wire.error_rules": "codes of servers",
    "tui.core.search_text": _DEFECT,
    "tui.core.secret": _DEFECT,
    "tui.session.history.details": "a pattern of HTML",
    "tui.core.usage": _DEFECT,
    "tui.session.prompt_queue": "values of an enumeration",
    "tui.store.lease": _DEFECT,
    "tui.store.ledger_file": "strerror, in place of which errno is shown",
    "tui.store.summaries": _DEFECT,
    "tui.store.text_cache": "the version of a cache",
    "tui.ui.app": "the name of a worker",
    "tui.ui.conversations.full_text": "the name of a worker",
    "tui.ui.providers.form_screen": "a selector",
    "tui.ui.shell.dialogs": "a style",
    "tui.ui.shell.pane": "styles",
    "tui.ui.textual_compat.terminal_output": "the name of a thread",
    "tui.ui.transcript.highlight": "a line of code to begin with",
    "tui.wire.abilities.prompts": "what a test sends",
    "tui.wire.abilities.words": _SERVERS,
    "tui.wire.dialects": "the table of a page, and patterns of servers' words",
    "tui.wire.embeddings": _SERVERS,
    "tui.wire.error_facts": _SERVERS,
    "tui.wire.error_words": _SERVERS,
    "tui.wire.gateways": _SERVERS,
    "tui.wire.load_state": _SERVERS,
    "tui.wire.rerank": _SERVERS,
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


# -- numbers ----------------------------------------------------------------------------------------

THINGS = (
    "alternatives|answers|attempts|bytes|cells|changes|characters|chats|checks|choices|conversations|days|"
    "documents|errors|events|files|floats|hours|ids|images|items|keys|lines|messages|minutes|models|months|"
    "numbers|others|pieces|ports|preemptions|properties|prompts|providers|records|requests|scores|seconds|"
    "servers|texts|times|tokens|turns|vectors|warnings|words"
)
"""What texts count."""
KINDS = "cached|completion|control|hidden|input|more|of them|other|output|prompt|reasoning|tool|usual"
"""Which of them."""
PLURAL = re.compile(rf"\{{(?!model\b|url\b)(\w*)(?::[^|}}]*)?\}}(?: (?:{KINDS}))* ({THINGS})\b(?!/)")
NEVER_ONE = {
    "{requests}, at most {output:,} output tokens, about {input:,} input tokens{more}": "budgets",
    "; up to {tokens:,} output tokens more where answers do not end": "budgets of the tests",
    "the model did not finish within {tokens} tokens": "a budget of a test",
    "ends at {limit} tokens with finish_reason length": "a limit of a test",
    "ends at {limit} tokens, but finish_reason is {reason}": "a limit of a test",
    "ends at {limit} tokens, with an error instead of the cut answer": "a limit of a test",
    "{count} tokens at a limit of {limit}": "beyond a limit of a test",
    "{count} ids at index {index}: clients join different calls into one": "two at least",
    "the token counts do not mention a cache ({tokens:,} prompt tokens, sent twice)": "a prompt of a test",
    "the same prompt is counted as {first:,} and as {second:,} tokens": "a prompt of a test",
    "the prompt is too short for a cache: {tokens:,} tokens": "a prompt of a test",
    "the context of {tokens:,} tokens is too small for the test": "a context",
    "{cached:,} of {tokens:,} prompt tokens of a repeated prompt": "a prompt of a test",
    "0 of {tokens:,} prompt tokens of a repeated prompt": "a prompt of a test",
    "Tests what {providers} can do: at most {requests:request|requests} and {output:,} output tokens, "
    "about {input:,} input tokens, plus one chat each{more}.": "budgets of the tests",
    "The server read {read} prompt tokens of about {sent}: it may have cut the prompt. Serve the model with "
    "a larger context (Ollama: num_ctx), or send less.": "a context",
    "{lines} lines · ~{tokens} tokens": "more lines than one, so more tokens",
    "This window has {width}×{height} cells; lmdeck needs {needed}.\n"
    "Make it larger, or press {key} to quit.": "a size",
    "{what} exceeds {limit} bytes": "a limit",
    "Measuring {count} texts in one request…": "a size of a test",
    "{size} bytes expanded to more than {inflated}": "a size beyond a limit",
    "{prompt} prompt + {completion} completion tokens": "a sum",
    "the first {count} files": "a limit",
    "it must not have more than {most} characters": "a limit",
    ", context {tokens:,} tokens": "a context",
    "This deletes {names}. They stay in the trash for {days} days.": "a constant",
    "This deletes {names}. It stays in the trash for {days} days.": "a constant",
    "A name can have at most {most} characters; this one has {count}.": "a limit",
    "A price can have at most {most} characters.": "a limit",
    "{label} can have at most {most} characters.": "a limit",
    "The extra body can have at most {most:,} characters.": "a limit",
    "it is longer than {most:,} characters": "a limit",
    "it is larger than {most} bytes": "a limit",
    "{count:,} tokens": "a context",
    "context: {used} of {window} tokens ({percent} %)": "a context",
    "context: {used} of {window} tokens (over: {percent} %)": "a context",
    "context: {used} tokens; its size is unknown": "a whole chat with the words around it",
    "it was not ready after {seconds:.0f} seconds": "a limit",
    "the command took longer than {seconds:g} seconds": "a limit",
    "{count} days ago": "one is yesterday",
    "{tokens} tokens are too many for a context of {window}: {excess} too many. The largest:": "too many",
}
"""Texts with a number of things and no singular, and why."""


def singular(noun: str) -> str:
    """Return the form for one thing."""
    return f"{noun[:-3]}y" if noun.endswith("ies") else noun[:-1]


def without_singular(texts: list[str]) -> list[str]:
    """Return the texts of a catalogue that count things and have no form for one, nor a text beside them."""
    found = []
    for text in texts:
        for _, noun in PLURAL.findall(text):
            one = r"\bonce\b" if noun == "times" else rf"\b(?:1|this) (?:[a-z]+ ){{0,2}}{singular(noun)}\b"
            if not any(re.search(one, other) for other in texts):
                found.append(text)
    return list(dict.fromkeys(found))


def test_what_is_counted_has_its_singular() -> None:
    found = {
        text
        for name, tree in sources().items()
        if name.startswith("tui.texts")
        for text in without_singular([text for _, text in literals(tree)])
    }
    assert found == set(NEVER_ONE)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["it has {count} turns"], ["it has {count} turns"]),
        (["it has {count:,} turns", "it has 1 turn"], []),
        (["it has {count:turn|turns}"], []),
        (["{count} more lines", "1 line", "{count} keys"], ["{count} keys"]),
        (["{rate:.1f} tokens/s"], []),
    ],
)
def test_a_missing_singular_is_found(texts: list[str], found: list[str]) -> None:
    assert without_singular(texts) == found


def test_a_speed_of_a_thousand_has_its_comma() -> None:
    for text in shown().values():
        assert not re.search(r"\{\w+:\.\d+f\} tokens/s", text)
