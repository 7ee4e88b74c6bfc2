"""The tests of tool calls: whether the model calls a tool, with valid arguments, and can be forced to."""

from __future__ import annotations

from collections.abc import Mapping

from tui.core.abilities import Finding, Outcome
from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.texts import abilities as texts
from tui.wire.abilities import prompts, words
from tui.wire.abilities.refusal import judge_chat, judge_empty
from tui.wire.abilities.reply import Reply, broken, ignored, not_finished, shown, yes
from tui.wire.strict_json import StrictJsonError, parse_json

CALL_TOKENS = 48
ANSWER_TOKENS = 24
Messages = list[dict[str, object]]

BY_NAME: Mapping[str, object] = {"type": "function", "function": {"name": prompts.TOOL}}
REQUIRED = "required"
_CITY_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call that is usable for a client."""

    identity: str
    name: str
    arguments: str
    """JSON, unchanged."""
    city: str

    @property
    def text(self) -> str:
        """The call for display."""
        return f"{self.name}({shown(safe_line(self.city, _CITY_LENGTH))})"


def fields(tool_choice: object = None) -> dict[str, object]:
    """Return the fields that offer the tool.

    Without a choice, ``tool_choice`` is omitted: auto is the default everywhere, and some models refuse any.
    """
    choice = {} if tool_choice is None else {"tool_choice": tool_choice}
    return {"tools": [prompts.TOOL_SCHEMA], **choice}


def question() -> Messages:
    """Return a question that requires the tool."""
    return [{"role": "user", "content": prompts.TIME_IN_PARIS}]


def other_question() -> Messages:
    """Return a question that does not require a tool."""
    return [{"role": "user", "content": prompts.HELLO}]


def read(reply: Reply) -> Call | Finding | None:
    """Return the call in a reply, or the finding without one; ``None`` if the model answered in prose.

    The finish reason proves nothing: a named choice ends with ``stop`` on OpenAI and vLLM.
    """
    finding = judge_chat(reply, words.TOOLS, words.TOOLS_KNOWN)
    if finding is not None:
        return finding
    calls = reply.message.get("tool_calls")
    if isinstance(calls, list) and calls:
        found = read_call(calls[0])
        return not_finished() if reply.is_cut and isinstance(found, Finding) else found
    return without_call(reply)


def without_call(reply: Reply) -> Finding | None:
    """Judge a reply without a call; ``None`` if the model answered in prose."""
    if reply.is_cut:
        return not_finished()
    if words.TEXT_CALL.search(reply.written.lower()):
        return broken(texts.CALL_AS_TEXT.format(text=shown(reply.written)))
    if reply.finish_reason == "tool_calls":
        return broken(texts.NO_CALL_IN_LIST)
    return judge_empty(reply)


def lacks_call(reply: Reply) -> bool:
    """Return whether an answer is prose, or was truncated before a complete call."""
    return read(reply) is None or (reply.is_ok and reply.is_cut and not is_enough(reply))


def is_enough(reply: Reply) -> bool:
    """Return whether a truncated reply already has a complete call."""
    return isinstance(read(reply), Call)


def read_call(value: object) -> Call | Finding:
    """Return a call from a list of calls, or what is wrong with it."""
    call = value if isinstance(value, dict) else {}
    function = call.get("function")
    if not isinstance(function, dict):
        return broken(texts.NO_FUNCTION)
    identity, name = call.get("id"), function.get("name")
    return judge_call(identity if isinstance(identity, str) else "", name, function.get("arguments"))


def judge_call(identity: str, name: object, arguments: object) -> Call | Finding:
    """Return the call with these values, or what is wrong with them."""
    if name != prompts.TOOL:
        return broken(texts.UNKNOWN_TOOL.format(name=shown(str(name))))
    if isinstance(arguments, dict):
        return broken(texts.ARGUMENTS_NO_TEXT)
    text = arguments if isinstance(arguments, str) else ""
    try:
        value = parse_json(text)
    except StrictJsonError:
        return broken(texts.ARGUMENTS_NO_JSON.format(text=shown(text)))
    if not isinstance(value, dict):
        return broken(texts.ARGUMENTS_NO_OBJECT.format(text=shown(text)))
    city = value.get("city")
    if not isinstance(city, str):
        return broken(texts.ARGUMENTS_INVALID.format(text=shown(text)))
    return Call(identity, prompts.TOOL, text, city)


def round_trip(call: Call) -> Messages:
    """Return the conversation with the call and its result."""
    identity = call.identity or "call_time"
    made = {
        "id": identity,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    }
    return [
        *question(),
        {"role": "assistant", "content": "", "tool_calls": [made]},
        {"role": "tool", "tool_call_id": identity, "content": prompts.TOOL_RESULT},
    ]


def judge_round_trip(call: Call, reply: Reply) -> Finding:
    """Judge the answer to the result of a call."""
    if not reply.is_ok:
        finding = judge_chat(reply, words.ANY)
        said = finding.evidence if finding is not None else ""
        if finding is not None and finding.outcome is Outcome.NO:
            return broken(texts.RESULT_REFUSED.format(call=call.text, said=said))
        return yes(texts.RESULT_NOT_TRIED.format(call=call.text, said=said))
    if prompts.RESULT_SEEN in reply.content:
        return yes(texts.CALLED.format(call=call.text))
    unsaid = reply.fault or (not_finished().evidence if reply.is_cut and not reply.content.strip() else "")
    if unsaid:
        return yes(texts.RESULT_NOT_TRIED.format(call=call.text, said=unsaid))
    return yes(texts.RESULT_UNUSED.format(call=call.text, text=shown(reply.content)))


def judge_forced_try(prose: Reply, forced: Reply) -> Finding:
    """Judge whether the model or the server is the reason for a missing call."""
    text = shown(prose.content)
    if isinstance(read(forced), Call):
        return ignored(texts.SERVER_CAN.format(text=text))
    return ignored(texts.PROSE.format(text=text))


def judge_choice(reply: Reply) -> Finding:
    """Judge a reply that must be a forced call, although the question requires none."""
    found = read(reply)
    if isinstance(found, Call):
        return yes(texts.CALLED_FORCED.format(call=found.text))
    return found or ignored(texts.PROSE.format(text=shown(reply.content)))


def join_choices(by_name: Finding, required: Finding) -> Finding:
    """Combine the results of both ways to force a call; clients need the one by name."""
    outcome = required.outcome if by_name.outcome is Outcome.NOT_TRIED else by_name.outcome
    if by_name.outcome is required.outcome:
        if by_name.outcome is Outcome.YES:
            return yes(texts.BOTH_FORCED)
        return Finding(outcome, by_name.evidence)
    parts = [
        texts.CHOICE.format(way=way, word=finding.outcome)
        + ("" if finding.outcome is Outcome.YES else texts.CHOICE_WHY.format(evidence=finding.evidence))
        for way, finding in ((texts.BY_NAME, by_name), (REQUIRED, required))
    ]
    return Finding(outcome, "; ".join(parts))
