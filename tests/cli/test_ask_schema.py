"""``lmdeck ask --schema``: requests, accepted and rejected answers, and the output for scripts."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_ask_figures import add_provider
from tests.support.commands import Call
from tests.support.fault_server import Fault, FaultServer
from tests.support.real_deck import bodies
from tests.support.schema_server import answering, refuses, replies

CITY: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {"name": {"type": "string"}, "people": {"type": "integer", "minimum": 0}},
    "required": ["name"],
    "additionalProperties": False,
}
GOOD = '{"name": "Ulm", "people": 128000}'


@pytest.fixture
def schema(tmp_path: Path) -> str:
    path = tmp_path / "city of ours.json"
    path.write_text(json.dumps(CITY))
    return str(path)


def arguments(server: FaultServer, schema: str, *more: str) -> tuple[str, ...]:
    return ("ask", "a city", "--url", server.base_url, "--model", "m", "--schema", schema, *more)


def formats(server: FaultServer) -> list[str | None]:
    return [body.get("response_format", {}).get("type") for body in bodies(server)]


def test_the_schema_is_sent_unchanged_and_only_the_json_is_printed(call: Call, schema: str) -> None:
    with answering(replies(GOOD[:9], GOOD[9:], reasoning="A city in Swabia.")) as server:
        done = call(*arguments(server, schema))
    assert (done.code, done.out) == (0, GOOD + "\n")
    assert "A city in Swabia." in done.err
    assert GOOD not in done.err
    (body,) = bodies(server)
    named = {"name": "city_of_ours", "schema": CITY}
    assert body["response_format"] == {"type": "json_schema", "json_schema": named}
    assert body["max_tokens"] == 4096
    system, prompt = body["messages"]
    assert prompt["content"] == "a city"
    assert json.dumps(CITY, separators=(",", ":")) in system["content"]


def test_a_limit_and_a_system_prompt_of_the_user_stay(call: Call, schema: str) -> None:
    with answering(replies(GOOD)) as server:
        done = call(*arguments(server, schema, "--max-tokens", "99", "--system", "Be brief."))
    (body,) = bodies(server)
    assert (done.code, body["max_tokens"]) == (0, 99)
    assert body["messages"][0]["content"].startswith("Be brief.\n\nAnswer with one JSON value")


def test_a_schema_of_many_pages_is_not_repeated_in_the_prompt(call: Call, tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_text(json.dumps({"type": "object", "description": "x" * 5000}))
    with answering(refuses("no json_schema here"), replies("{}")) as server:
        done = call(*arguments(server, str(large)))
    first, second = bodies(server)
    assert done.code == 0
    assert len(first["messages"][0]["content"]) < 200
    assert len(second["messages"][0]["content"]) > 5000


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (replies('{"people": 1}'), 'does not follow the schema: $: "name" is missing.'),
        (replies('{"name": 1}'), "does not follow the schema: $.name: must be string, not integer."),
        (replies("Ulm has 128,000 people."), "is not the JSON that was requested"),
        (replies(GOOD + GOOD), "it has more than one JSON value"),
        (replies(f"```json\n{GOOD}\n```\n```json\n{GOOD}\n```"), "it has 2 code blocks"),
        (replies('{"name": "Ulm", "name": "Aalen"}'), 'the property "name" appears twice'),
        (replies('{"name": "Ulm", "people": NaN}'), "NaN is not JSON"),
        (replies(GOOD, "\n", "I hope this helps!"), "text follows the JSON at line 2, column 1"),
        (replies(GOOD, finish="length"), "cut at 12 tokens, so its JSON is incomplete"),
        (replies('{"name": "Ul', finish="length"), "cut at 12 tokens, so its JSON is incomplete"),
        (replies(GOOD, finish="content_filter"), "cut off by the server's content filter"),
        (replies(GOOD, finish="repetition"), "stopped by the server"),
        (replies(" \n"), "prompt 40 tokens, answer 12 tokens"),
        (replies(finish="stop"), "prompt 40 tokens, answer 12 tokens"),
        (
            replies(
                reasoning="Hmm. " * 9,
                finish="length",
                usage={
                    "prompt_tokens": 40,
                    "completion_tokens": 64,
                    "completion_tokens_details": {"reasoning_tokens": 64},
                },
            ),
            "prompt 40 tokens, answer 64 tokens, of which reasoning 64",
        ),
    ],
)
def test_what_is_not_valid_ends_with_1_and_its_reason(
    call: Call, schema: str, step: Fault, said: str
) -> None:
    with answering(step) as server:
        done = call(*arguments(server, schema))
        as_json = call(*arguments(server, schema, "--json"))
    assert (done.code, done.out) == (1, "")
    assert said in " ".join(done.err.split())
    assert (as_json.code, as_json.json["ok"], as_json.json["structured"]["valid"]) == (1, False, False)
    assert as_json.json["error"]["cause"]
    assert len(bodies(server)) == 2


def test_the_first_violation_and_the_answer_are_shown(call: Call, schema: str) -> None:
    with answering(replies('{"name": "Ulm", "people": -1}')) as server:
        done = call(*arguments(server, schema))
        report = call(*arguments(server, schema, "--json")).json
    assert '{"name": "Ulm", "people": -1}' in done.err
    assert "$.people: must be at least 0, not -1" in done.err
    assert report["structured"] == {
        "valid": False,
        "value": None,
        "path": "$.people",
        "problem": "must be at least 0, not -1",
        "sent_as": "json_schema",
        "tries": 1,
        "advice": None,
    }
    assert report["error"]["cause"] == "schema-violated"
    assert report["answer"] == '{"name": "Ulm", "people": -1}'


def test_a_violation_that_does_not_fit_its_sentence_is_told_in_full(call: Call, tmp_path: Path) -> None:
    names = [f"a property with a long name {number}" for number in range(4)]
    deep: dict[str, Any] = {"type": "integer"}
    value: object = "x"
    for name in names:
        deep, value = {"properties": {name: deep}}, {name: value}
    path = tmp_path / "deep.json"
    path.write_text(json.dumps(deep))
    with answering(replies(json.dumps(value))) as server:
        done = call(*arguments(server, str(path)))
    place = "$" + "".join(f'["{name}"]' for name in reversed(names))
    assert f"{place}: must be integer, not string" in done.err


def test_validity_and_the_value_are_in_the_report(call: Call, schema: str) -> None:
    with answering(replies(GOOD)) as server:
        report = call(*arguments(server, schema, "--json")).json
    assert (report["ok"], report["error"], report["answer"]) == (True, None, GOOD)
    assert report["structured"]["valid"] is True
    assert report["structured"]["value"] == {"name": "Ulm", "people": 128000}
    assert report["notes"] == ["valid against the schema"]


@pytest.mark.parametrize(
    ("answer", "printed", "note"),
    [
        (f"Here it is:\n```json\n{GOOD}\n```\n", GOOD, "taken out of a code block"),
        ("\ufeff" + GOOD, GOOD, ""),
        ('{"name": "Ulm", "people": 12345678901234567890123}', None, ""),
        ('{"name": "\x9b31m\u202e"}', '{"name": "\\u009b31m\\u202e"}', ""),
    ],
)
def test_what_is_printed_is_the_json_letter_by_letter(
    call: Call, schema: str, answer: str, printed: str | None, note: str
) -> None:
    with answering(replies(answer)) as server:
        done = call(*arguments(server, schema))
    assert (done.code, done.out) == (0, (printed or answer) + "\n")
    assert note in done.err


def test_json_in_the_reasoning_is_taken_with_a_note_only_if_it_is_valid(call: Call, schema: str) -> None:
    with answering(replies(reasoning=GOOD), replies(reasoning='{"people": 1}')) as server:
        taken = call(*arguments(server, schema))
        refused = call(*arguments(server, schema))
    assert (taken.code, taken.out) == (0, GOOD + "\n")
    assert "reasoning" in taken.err
    assert (refused.code, refused.out) == (1, "")


def test_endless_white_space_is_stopped_while_it_streams(call: Call, schema: str) -> None:
    with answering(replies('{"name":', "\n" * 120, " " * 90, holds=True)) as server:
        done = call(*arguments(server, schema))
        assert server.wait_for_eof()
    assert (done.code, done.out) == (1, "")
    assert "more than 200 white-space characters in a row" in done.err


def test_white_space_that_ends_is_no_reason_to_stop(call: Call, schema: str) -> None:
    with answering(replies('{"name":', "\n" * 100, " " * 100, '"Ulm"}')) as server:
        assert call(*arguments(server, schema)).code == 0


def test_the_ladder_is_climbed_after_a_refusal_that_names_the_field(call: Call, schema: str) -> None:
    with answering(
        refuses("'response_format.type' must be 'json_object'"),
        refuses("Input should be 'text'", "422 Unprocessable Entity", param="response_format.type"),
        replies(GOOD),
    ) as server:
        done = call(*arguments(server, schema))
    assert (done.code, done.out) == (0, GOOD + "\n")
    assert formats(server) == ["json_schema", "json_object", None]
    assert "asking with a JSON object and the schema in the prompt" in done.err
    assert "asking with the schema in the prompt only" in done.err
    hints = [body["messages"][0]["content"] for body in bodies(server)]
    assert all("additionalProperties" in hint and "JSON" in hint for hint in hints)


def test_each_way_of_asking_is_validated_here(call: Call, schema: str) -> None:
    with answering(refuses("json_schema is not supported"), replies('{"people": 1}')) as server:
        done = call(*arguments(server, schema, "--json"))
    assert (done.code, done.json["structured"]["sent_as"], done.json["structured"]["tries"]) == (
        1,
        "json_object",
        2,
    )
    assert done.json["structured"]["path"] == "$"


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (refuses("The prompt is refused."), 1),
        (refuses("response_format is busy", "503 Service Unavailable"), 1),
        (refuses("json_schema needs a key", "401 Unauthorized"), 1),
    ],
)
def test_no_other_refusal_is_a_reason_to_climb(call: Call, schema: str, refusal: Fault, code: int) -> None:
    with answering(refusal) as server:
        done = call(*arguments(server, schema, "--wait", "1"))
    assert done.code == code
    assert set(formats(server)) == {"json_schema"}


def test_a_refused_keyword_is_shown_and_strict_is_offered(call: Call, schema: str) -> None:
    words = "Invalid schema for response_format 'city': In context=(), 'required' is required to be supplied."
    with answering(refuses(words)) as server:
        done = call(*arguments(server, schema))
        strict = call(*arguments(server, schema, "--strict"))
    assert done.code == strict.code == 1
    assert words in " ".join(done.err.split())
    assert "The server names required: --strict rewrites the schema" in done.err
    assert "although the schema was rewritten" in strict.err
    assert len(bodies(server)) == 2
    first, second = (body["response_format"]["json_schema"] for body in bodies(server))
    assert first["schema"] == CITY
    assert "strict" not in first
    assert second["strict"] is True
    assert second["schema"]["required"] == ["name", "people"]
    assert second["schema"]["properties"]["people"]["type"] == ["integer", "null"]
    assert "properties now required and nullable: 1" in strict.err


def test_a_strict_answer_may_have_null_where_a_property_was_optional(call: Call, schema: str) -> None:
    with answering(replies('{"name": "Ulm", "people": null}')) as server:
        assert call(*arguments(server, schema, "--strict")).code == 0
        assert call(*arguments(server, schema)).code == 1


def test_a_grammar_that_does_not_compile_is_explained(call: Call, schema: str) -> None:
    with answering(refuses("Failed to initialize samplers: failed to parse grammar")) as server:
        done = call(*arguments(server, schema))
    assert done.code == 1
    assert "could not compile the schema: try without large maxLength" in done.err
    assert len(bodies(server)) == 1


def test_one_retry_with_the_reason_and_without_the_answer(call: Call, schema: str) -> None:
    bad = '{"name": 4711}'
    with answering(replies(bad), replies(GOOD)) as server:
        done = call(*arguments(server, schema, "--retry"))
    assert (done.code, done.out) == (0, GOOD + "\n")
    second = bodies(server)[1]
    assert [message["role"] for message in second["messages"]] == ["system", "user"]
    assert second["messages"][1]["content"].startswith("a city\n\nYour last answer was not valid")
    assert "$.name: must be string, not integer" in second["messages"][1]["content"]
    assert "4711" not in json.dumps(second)
    with answering(replies(bad)) as server:
        done = call(*arguments(server, schema, "--retry"))
    assert done.code == 1
    assert len(bodies(server)) == 2
    with answering(replies(bad)) as server:
        assert call(*arguments(server, schema)).code == 1
        assert len(bodies(server)) == 1


def paid(prompt: int, answer: int, reasoning: int, cost: float | None = None) -> dict[str, object]:
    details = {"reasoning_tokens": reasoning}
    told = {} if cost is None else {"cost": cost}
    return {
        "prompt_tokens": prompt,
        "completion_tokens": answer,
        "completion_tokens_details": details,
        **told,
    }


def test_usage_and_cost_are_of_all_tries_together(call: Call, home: Path, schema: str) -> None:
    first = replies('{"name": 1}', usage=paid(100, 10, 4, 0.5))
    with answering(
        refuses("json_schema is not supported"), first, replies(GOOD, usage=paid(200, 30, 1, 0.25))
    ) as server:
        add_provider(home, server.base_url, input_price="1", output_price="10")
        done = call("ask", "a city", "--schema", schema, "--retry", "--json", "--timing")
    report = done.json
    assert (done.code, report["structured"]["tries"]) == (0, 3)
    usage = report["usage"]
    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["reasoning_tokens"]) == (300, 40, 5)
    assert usage["source"] == "reported"
    cost = report["cost"]
    assert [Decimal(cost[side]) for side in ("input", "output", "total")] == [
        Decimal(300) / 1000,
        Decimal(40) / 100,
        Decimal("0.7"),
    ]
    assert (cost["source"], cost["lower_bound"]) == ("reported", False)
    assert Decimal(report["server_cost"]["amount"]) == Decimal("0.75")
    assert done.err.count("time: ") == 3
    with answering(first, replies(GOOD)) as server:
        add_provider(home, server.base_url)
        report = call("ask", "a city", "--schema", schema, "--retry", "--json").json
    assert (report["usage"]["prompt_tokens"], report["cost"], report["server_cost"]) == (140, None, None)


def test_a_try_that_failed_after_some_text_is_a_part_of_the_sum(call: Call, home: Path, schema: str) -> None:
    with answering(replies('{"name": 1}'), refuses("no more today", "429 Too Many Requests")) as server:
        add_provider(home, server.base_url, input_price="1", output_price="10")
        report = call("ask", "a city", "--schema", schema, "--retry", "--json", "--wait", "1").json
    assert (report["ok"], report["structured"]["tries"]) == (False, 2)
    assert (report["usage"]["prompt_tokens"], Decimal(report["cost"]["total"])) == (40, Decimal("0.16"))


def test_what_was_cut_is_not_asked_again(call: Call, schema: str) -> None:
    with answering(replies(GOOD, finish="length")) as server:
        assert call(*arguments(server, schema, "--retry")).code == 1
        assert len(bodies(server)) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "there is no such file"),
        ("{", "it is not JSON"),
        ('{"type": "object", "type": "array"}', "appears twice"),
        ("[]", "a schema is a JSON object"),
        ('{"type": "text"}', "it is not a valid JSON Schema: $.type"),
        ('{"$ref": "https://example.org/x"}', "nothing is fetched"),
        (b"\xff\xfe", "it is not UTF-8"),
        (b" " * (1 << 20) + b"{}", "it is larger than"),
    ],
)
def test_a_wrong_schema_is_refused_before_anything_is_sent(
    call: Call, tmp_path: Path, content: str | bytes | None, reason: str
) -> None:
    path = tmp_path / "wrong.json"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with answering(replies(GOOD)) as server:
        done = call(*arguments(server, str(path)))
        as_json = call(*arguments(server, str(path), "--json"))
        assert server.requests == []
    assert (done.code, done.out, as_json.code) == (2, "", 2)
    assert reason in " ".join(done.err.split())
    assert as_json.json["error"]["cause"] == "schema-file"


def test_a_schema_comes_through_a_pipe_where_that_is_asked_for(program: Call) -> None:
    with answering(replies(GOOD)) as server:
        done = program(*arguments(server, "-"), stdin=b"\xef\xbb\xbf" + json.dumps(CITY).encode())
        wrong = program(*arguments(server, "-"), stdin=b"[]")
        nothing = program(*arguments(server, "-"), stdin=b"")
        (body,) = bodies(server)
    assert (done.code, done.out) == (0, GOOD + "\n")
    assert body["messages"][-1]["content"] == "a city", "the schema is no part of the prompt"
    assert body["response_format"]["json_schema"] == {"name": "stdin", "schema": CITY}
    assert (wrong.code, nothing.code) == (2, 2)
    assert "The schema file stdin cannot be used: a schema is a JSON object" in " ".join(wrong.err.split())


@pytest.mark.parametrize("more", [("-f", "-"), ("-",)])
def test_stdin_is_the_schema_alone(program: Call, more: tuple[str, ...]) -> None:
    done = program("ask", *more, "--schema", "-", stdin=json.dumps(CITY).encode())
    assert done.code == 2
    assert "only one of prompt, file and schema can be stdin" in " ".join(done.err.split())


def test_what_has_no_strict_form_is_refused_before_anything_is_sent(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    path.write_text('{"type": "object", "additionalProperties": {"type": "string"}}')
    with answering(replies(GOOD)) as server:
        done = call(*arguments(server, str(path), "--strict"))
        assert server.requests == []
    assert done.code == 2
    assert "--strict cannot close $: its property names are open" in " ".join(done.err.split())


@pytest.mark.parametrize("option", ["--strict", "--retry"])
def test_the_options_need_a_schema(call: Call, option: str) -> None:
    done = call("ask", "x", option)
    assert done.code == 2
    assert f"{option} needs --schema" in done.err


def test_only_json_reaches_a_pipe_in_a_terminal_without_unicode(program: Call, schema: str) -> None:
    answer = '{"name": "Lüneburg 😀"}'
    with answering(replies(answer, reasoning="Über Städte.")) as server:
        done = program(*arguments(server, schema), LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.code == 0
    assert done.out.isascii()
    assert json.loads(done.out) == json.loads(answer)
