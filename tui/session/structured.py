"""Structured answers: validates an answer against its schema, and decides when to stop it early."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from tui.core.causes import explain
from tui.core.counted import Counted
from tui.core.failure import Failure
from tui.core.finish_reasons import Ending, ending_of
from tui.core.json_answer import JsonAnswer, NotJsonError, read_json_answer
from tui.core.lazy_dataclass import dataclass
from tui.core.schema_check import SchemaProblemError, check_schema, first_violation
from tui.core.turn import TextBuffer, Turn
from tui.texts import schemas as texts

MOST_WHITE_SPACE = 200
"""Consecutive characters: grammars allow any number of them, and some models write nothing else."""


class Worth(StrEnum):
    """The outcome of a structured answer."""

    VALID = "valid"
    INVALID = "invalid"
    NOT_JSON = "not-json"
    EMPTY = "empty"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of validating an answer."""

    worth: Worth
    sentence: str
    """The line below the answer."""
    answer: JsonAnswer | None = None
    """The JSON, if there is any."""
    path: str | None = None
    """The position of the first violation, as JSONPath."""
    problem: str | None = None
    """What is wrong there, or with the answer."""
    tokens: str | None = None
    """The number of tokens if it was truncated."""

    @property
    def is_valid(self) -> bool:
        """Whether the answer is usable."""
        return self.worth is Worth.VALID

    @property
    def failure(self) -> Failure | None:
        """The failure of a command; ``None`` for a valid answer."""
        match self.worth:
            case Worth.VALID:
                return None
            case Worth.INVALID:
                return explain("schema-violated", violation=f"{self.path}: {self.problem}")
            case Worth.EMPTY if self.problem is None:
                return explain("empty-answer")
            case Worth.CUT if self.problem is None:
                return explain("answer-cut", tokens=self.tokens)
            case _:
                return explain("answer-not-json", reason=self.problem)


def verdict_of(turn: Turn, schema: Mapping[str, Any]) -> Verdict:
    """Validate the answer of a finished turn, whatever the server promises.

    The finish reason comes first: a truncated answer is never accepted, even if it happens to be valid JSON.
    """
    if cut := _cut(turn):
        return cut
    if not turn.answer.text.strip():
        return _of_reasoning(turn, schema)
    try:
        return _against(read_json_answer(turn.answer.text), schema)
    except NotJsonError as problem:
        return Verdict(Worth.NOT_JSON, texts.NOT_VALID_JSON.format(reason=problem), problem=str(problem))


def _cut(turn: Turn) -> Verdict | None:
    ending = ending_of(turn.finish_reason)
    if ending is Ending.CUT:
        count = turn.usage.completion_tokens if turn.usage is not None else None
        tokens = None if count is None else f"{count:,}"
        sentence = texts.CUT_SOMEWHERE if tokens is None else texts.CUT.format(tokens=Counted(tokens))
        return Verdict(Worth.CUT, sentence, tokens=tokens)
    problem = {Ending.FILTERED: texts.FILTERED, Ending.STOPPED: texts.STOPPED}.get(ending)
    return None if problem is None else Verdict(Worth.CUT, problem, problem=problem)


def _of_reasoning(turn: Turn, schema: Mapping[str, Any]) -> Verdict:
    """Validate the reasoning if the answer is empty; accept it only if it is valid."""
    try:
        found = _against(read_json_answer(turn.reasoning.text), schema)
    except NotJsonError:
        found = None
    if found is not None and found.is_valid and found.answer is not None:
        taken = JsonAnswer(found.answer.text, found.answer.value, texts.FROM_REASONING)
        return Verdict(Worth.VALID, f"{texts.VALID} ({texts.FROM_REASONING})", taken)
    if turn.tool_calls:
        return Verdict(Worth.EMPTY, texts.CALLED, problem=texts.CALLED)
    return Verdict(Worth.EMPTY, texts.EMPTY_ANSWER.format(counts=token_counts(turn)))


def token_counts(turn: Turn) -> str:
    """Return how the tokens of a turn were used."""
    usage = turn.usage
    prompt, completion, reasoning = (
        (None, None, None)
        if usage is None
        else (usage.prompt_tokens, usage.completion_tokens, usage.reasoning_tokens)
    )
    counts = texts.COUNTS.format(prompt=Counted(_count(prompt)), completion=Counted(_count(completion)))
    return texts.COUNTS_REASONING.format(counts=counts, reasoning=_count(reasoning)) if reasoning else counts


def _count(tokens: int | None) -> str:
    return "—" if tokens is None else f"{tokens:,}"


def _against(answer: JsonAnswer, schema: Mapping[str, Any]) -> Verdict:
    violation = first_violation(schema, answer.value)
    if violation is None:
        sentence = f"{texts.VALID} ({answer.note})" if answer.note else texts.VALID
        return Verdict(Worth.VALID, sentence, answer)
    sentence = texts.INVALID.format(path=violation.path, problem=violation.problem)
    return Verdict(Worth.INVALID, sentence, answer, violation.path, violation.problem)


class SchemaWatch:
    """Validates one answer while it streams."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        try:
            check_schema(schema)
            self._problem = ""
        except SchemaProblemError as problem:
            self._problem = str(problem)

    def ends(self, turn: Turn) -> Failure | None:
        """Return why to stop an answer: it consists of white space."""
        if _ends_in_white_space(turn.answer):
            return explain("endless-white-space", limit=str(MOST_WHITE_SPACE))
        return None

    def sentence(self, turn: Turn) -> str:
        """Return the line below the answer of a finished turn."""
        return self._problem or verdict_of(turn, self._schema).sentence


def _ends_in_white_space(text: TextBuffer) -> bool:
    start = len(text) - MOST_WHITE_SPACE - 1
    return start >= 0 and text.since(start).isspace()
