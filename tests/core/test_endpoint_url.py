"""URLs of endpoints: which are accepted, repaired or rejected, and the messages."""

from __future__ import annotations

import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.endpoint_url import (
    LONGEST_URL,
    chat_url_of,
    inspect_url,
    is_loopback_host,
    models_url_of,
    request_url_of,
)
from tui.core.url_parts import host_problem, is_ipv6

ACCEPTED = {
    "http://localhost:8000/v1": "http://localhost:8000/v1",
    "http://192.168.1.100:8000/v1": "http://192.168.1.100:8000/v1",
    "https://my-model-service.company.com/api/v1": "https://my-model-service.company.com/api/v1",
    "https://cloud.infini-ai.com/maas/v1": "https://cloud.infini-ai.com/maas/v1",
    "http://gpu01:8000/v1": "http://gpu01:8000/v1",
    "http://[::1]:8000/v1": "http://[::1]:8000/v1",
    "http://node-3.local:11434/v1/": "http://node-3.local:11434/v1",
    "http://gpu_node_1:8000/v1": "http://gpu_node_1:8000/v1",
    "HTTP://GPU01:8000/v1///": "http://gpu01:8000/v1",
    "http://[2001:DB8::1]/v1": "http://[2001:db8::1]/v1",
    "http://h:08000/v1": "http://h:8000/v1",
    "https://host.example./v1": "https://host.example./v1",
    "http://h/a/./b/../v1": "http://h/a/v1",
    "https://münchen.example/v1": "https://münchen.example/v1",
    "https://host.example/api/paas/v4": "https://host.example/api/paas/v4",
}


@pytest.mark.parametrize(("text", "normalised"), ACCEPTED.items())
def test_accepted(text: str, normalised: str) -> None:
    report = inspect_url(text)
    assert report.normalised == normalised
    assert report.errors == ()
    assert request_url_of(normalised, is_embedding=False) == normalised + "/chat/completions"
    assert request_url_of(normalised, is_embedding=True) == normalised + "/embeddings"
    assert report.models_url == normalised + "/models"


REFUSED = {
    "": ("url-empty", None),
    "   ": ("url-empty", None),
    "localhost:8000/v1": ("url-no-scheme", "http://localhost:8000/v1"),
    "[::1]:8000/v1": ("url-no-scheme", "http://[::1]:8000/v1"),
    "//gpu01:8000/v1": ("url-no-scheme", "http://gpu01:8000/v1"),
    "://gpu01:8000/v1": ("url-no-scheme", "http://gpu01:8000/v1"),
    "api.company.com/v1": ("url-no-scheme", "https://api.company.com/v1"),
    "192.168.1.5/v1": ("url-no-scheme", "http://192.168.1.5/v1"),
    "http:8000": ("url-no-scheme", None),
    "http://http://h/v1": ("url-malformed", "http://h/v1"),
    "builtin:nothing": ("url-bad-scheme", None),
    "BUILTIN:demo": ("url-bad-scheme", None),
    "builtin:8000/v1": ("url-no-scheme", "http://builtin:8000/v1"),
    "https:/host/v1": ("url-bad-scheme", "https://host/v1"),
    "http//x/v1": ("url-bad-scheme", "http://x/v1"),
    "http:x/v1": ("url-bad-scheme", "http://x/v1"),
    "http:///x/v1": ("url-bad-scheme", "http://x/v1"),
    "ftp://h/v1": ("url-bad-scheme", "http://h/v1"),
    "htps://h/v1": ("url-bad-scheme", "https://h/v1"),
    "ws://h/v1": ("url-bad-scheme", "http://h/v1"),
    " http://h/v1": ("url-invisible-character", "http://h/v1"),
    "http://h/v1\n": ("url-invisible-character", "http://h/v1"),
    "http://h/\u200bv1": ("url-invisible-character", "http://h/v1"),
    "http://h:99999/v1": ("url-bad-port", None),
    "http://h:0/v1": ("url-bad-port", None),
    "http://h:65536/v1": ("url-bad-port", None),
    "http://h:80a/v1": ("url-bad-port", None),
    "http://h:٨٠/v1": ("url-bad-port", None),
    "http://h:8000:8000/v1": ("url-bad-port", "http://h:8000/v1"),
    "http://h:8000:8001/v1": ("url-bad-port", None),
    "http://h:/v1": ("url-bad-port", "http://h/v1"),
    "http://[::1]8000/v1": ("url-bad-port", None),
    "http://user:pa@ss@h/v1": ("url-credentials", "http://h/v1"),
    "http://token@h:8000/v1": ("url-credentials", "http://h:8000/v1"),
    "http://h/v1?key=secret": ("url-query", "http://h/v1"),
    "http://h/v1#part": ("url-query", "http://h/v1"),
    "http://h:8000/v1/chat/completions": ("url-full-route", "http://h:8000/v1"),
    "http://h:8000/v1/models/": ("url-full-route", "http://h:8000/v1"),
    "http://h:11434/api/chat": ("url-full-route", "http://h:11434/v1"),
    "http://h/v1/v1": ("url-doubled-v1", "http://h/v1"),
    "http://h/api/v1/v1/v1": ("url-doubled-v1", "http://h/api/v1"),
    "http://::1:8000/v1": ("url-malformed", "http://[::1]:8000/v1"),
    "http:\\\\h\\v1": ("url-malformed", "http://h/v1"),
    '"http://h/v1"': ("url-malformed", "http://h/v1"),
    "http://": ("url-malformed", None),
    "http://1.2.3/v1": ("url-malformed", None),
    "http://256.1.1.1/v1": ("url-malformed", None),
    "http://[::1/v1": ("url-malformed", "http://[::1]/v1"),
    "http://*:8000/v1": ("url-malformed", None),
    "http://a,b/v1": ("url-malformed", None),
    "http://h/{model}/v1": ("url-malformed", None),
    "http://" + "a" * 64 + "/v1": ("url-malformed", None),
    "http://h/" + "a" * LONGEST_URL: ("url-malformed", None),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.items())
def test_refused_with_its_cause_and_repair(text: str, expected: tuple[str, str | None]) -> None:
    report = inspect_url(text)
    assert report.normalised is None
    assert (report.errors[0].cause, report.repair) == expected


PASTED = [
    "curl http://gpu:8000/v1/chat/completions -H 'Authorization: Bearer x' -d '{\"model\": \"m\"}'",
    "curl -sS 'http://gpu:8000/v1/models'",
    "curl -x http://proxy:3128 http://gpu:8000/v1/models",
    "curl --location 'http://gpu:8000/v1/chat/completions' \\\n--header 'x: y'",
    "export OPENAI_BASE_URL=http://gpu:8000/v1",
    'export OPENAI_BASE_URL="http://gpu:8000/v1"',
    "OPENAI_BASE_URL=http://gpu:8000/v1  # the big one",
    "set -x OPENAI_BASE_URL http://gpu:8000/v1;",
    '"base_url": "http://gpu:8000/v1",',
    '{"base_url":"http:\\/\\/gpu:8000\\/v1"}',
    "base_url: http://gpu:8000/v1",
    "base_url = 'http://gpu:8000/v1' # here",
    'client = OpenAI(base_url="http://gpu:8000/v1", api_key="x")',
    "[our server](http://gpu:8000/v1)",
    "<http://gpu:8000/v1>",
    "> the server is at http://gpu:8000/v1.",
    "> http://gpu:8000/v1",
    "Use http://gpu:8000/v1, please",
    "(http://gpu:8000/v1)",
    "see `http://gpu:8000/v1`!",
    "http://gpu:8000/v1 is the server",
    "http://gpu:8000/v1 -H 'Authorization: Bearer x'",
    "http://gpu:8000/v1;",
    "http://gpu:8000/v1.",
    "http://gpu:8000/v1,",
    "http\uff1a\uff0f\uff0fgpu\uff1a8000\uff0fv1",
    "http://gpu\uff1a\uff18\uff10\uff10\uff10/v1",
    "\uff28\uff34\uff34\uff30://\uff47\uff50\uff55:8000/v1",
    "http://gpu:8000/v1\u3002",
    "gpu:8000/v1\uff0c",
    "\u201chttp://gpu:8000/v1\u201d",
    "\u300chttp://gpu:8000/v1\u300d",
    "\u2018gpu:8000/v1\u2019",
    "\uff62http://gpu:8000/v1\uff63",
    "\u3014http://gpu:8000/v1\u3015",
    "\u2039http://gpu:8000/v1\u203a",
    "\u275dhttp://gpu:8000/v1\u275e",
    "\u27e8gpu:8000/v1\u27e9",
    "http://gpu:8000/v1\u8c22\u8c22",
    "gpu:8000/v1\u061f",
    "http://gpu:8000/v1\u00b4",
    "http:\u2571\u2571gpu\ufe308000/v1",
    "http;//gpu:8000/v1",
    "http\uff1b//gpu:8000/v1",
    "http://gpu:8000/\u200bv1",
    "\ufeffhttp://gpu:8000/v1",
    "http:\\\\gpu:8000\\v1",
    "http:\\/\\/gpu:8000\\/v1",
]


@pytest.mark.parametrize("text", PASTED)
def test_the_url_is_found_in_what_was_pasted(text: str) -> None:
    report = inspect_url(text)
    assert report.normalised is None
    assert report.repair == "http://gpu:8000/v1"


NAMED = [
    "NAME=gpu:8000/v1",
    "gpu=gpu:8000/v1",
    "OPENAI_BASE_URL=gpu:8000/v1",
    "OPENAI_BASE_URL=gpu:8000",
    "OPENAI_BASE_URL = gpu:8000/v1",
    'OPENAI_BASE_URL="gpu:8000/v1"  # the big one',
    "export OPENAI_BASE_URL=gpu:8000/v1",
    "set -x OPENAI_BASE_URL gpu:8000/v1;",
    "setx OPENAI_BASE_URL gpu:8000/v1",
    "$env:OPENAI_BASE_URL = 'gpu:8000/v1'",
    "NAME=ws://gpu:8000/v1",
    "NAME=//gpu:8000/v1",
    "NAME=me:pw@gpu:8000/v1",
    "NAME=gpu:8000/v1/chat/completions",
    "--url gpu:8000/v1",
    "--base-url=gpu:8000/v1",
    "base_url: gpu:8000/v1",
    '"base_url": "gpu:8000/v1",',
    "base_url = 'gpu:8000/v1' # here",
    'client = OpenAI(base_url="gpu:8000/v1", api_key="x.y")',
    "curl gpu:8000/v1/models",
    "curl -sS gpu:8000/v1/models -H 'Accept: */*'",
    "curl -x proxy:3128 gpu:8000/v1/models",
]


@pytest.mark.parametrize("text", NAMED)
def test_an_address_without_a_scheme_is_found_behind_its_name(text: str) -> None:
    report = inspect_url(text)
    assert report.normalised is None
    assert report.repair == "http://gpu:8000/v1"


@pytest.mark.parametrize(
    ("text", "repair"),
    [
        ("NAME=api.company.com/v1", "https://api.company.com/v1"),
        ("NAME=[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("NAME=localhost", "http://localhost/v1"),
        ("SERVER_URL=gpu01", "http://gpu01/v1"),
        ("NAME=gpu:port/v1", None),
        ("NAME=word", None),
        ("API_KEY=eyJh.eyJz.c2ln", None),
        ("token: gpu:8000/v1", None),
        ("gpu:8000/v1?next=evil:80/v1", "http://gpu:8000/v1"),
        ("gpu:8000/v1?a=b&c=evil.example", "http://gpu:8000/v1"),
        ("localhost: 8000/v1", "http://localhost:8000/v1"),
        ("local host:8000/v1", "http://localhost:8000/v1"),
    ],
)
def test_only_an_address_is_taken_for_one(text: str, repair: str | None) -> None:
    report = inspect_url(text)
    assert (report.normalised, report.repair) == (None, repair)


def test_a_secret_behind_a_name_is_in_no_part_of_the_report() -> None:
    for text in ("NAME=me:hunter2@gpu:8000/v1", "me: a:1 hunter2@h/v1", "NAME=a:1 me:hunter2@h/v1"):
        assert "hunter2" not in repr(inspect_url(text)), text


def test_an_address_in_a_query_is_not_the_url() -> None:
    assert inspect_url("https://h.example/v1?next=http://evil.example/v1").repair == "https://h.example/v1"
    assert "evil" not in repr(inspect_url("h.example/v1?next=http://evil.example/v1"))


@pytest.mark.parametrize("port", ["99999", "80a", "8000:8001", "0"])
def test_a_wrong_port_is_named(port: str) -> None:
    problem = inspect_url(f"http://h:{port}/v1").errors[0]
    assert problem.cause == "url-bad-port"
    assert f"({port})" in problem.message
    assert problem.facts["port"] == port


WARNED = {
    "http://localhost:8000": ("url-missing-v1", "http://localhost:8000/v1"),
    "http://h/maas": ("url-missing-v1", "http://h/maas/v1"),
    "http://h//v1": ("url-double-slash", "http://h/v1"),
    "http://h/v1//": ("url-double-slash", "http://h/v1"),
    "http://0.0.0.0:8000/v1": ("url-listen-address", "http://127.0.0.1:8000/v1"),
    "http://[::]:8000/v1": ("url-listen-address", "http://[::1]:8000/v1"),
}


@pytest.mark.parametrize(("text", "expected"), WARNED.items())
def test_odd_but_usable(text: str, expected: tuple[str, str]) -> None:
    report = inspect_url(text)
    assert report.normalised is not None
    assert [(problem.cause, problem.repair) for problem in report.problems] == [expected]


def test_a_repair_repairs_everything_at_once() -> None:
    report = inspect_url(" user:pw@localhost:8000//v1/v1/chat/completions?x=1 ")
    assert report.repair == "http://localhost:8000/v1"
    assert {problem.cause for problem in report.errors} == {
        "url-invisible-character",
        "url-no-scheme",
        "url-credentials",
        "url-query",
        "url-full-route",
        "url-doubled-v1",
    }


def test_a_password_is_in_no_part_of_the_report() -> None:
    assert "hunter2" not in repr(inspect_url("http://me:hunter2@h:99999/v1?key=hunter2"))


@given(
    st.text(alphabet="abc/?#@: %&=", max_size=10).map(lambda tail: f"hunter2{tail}"),
    st.sampled_from(["http://", "https://", "", "ftp://", "http:/", "NAME="]),
    st.sampled_from(["h/v1", "h:99999/v1", "[::1/v1", "h:8000:8000/v1"]),
)
def test_no_password_is_in_any_part_of_the_report(password: str, scheme: str, rest: str) -> None:
    report = inspect_url(f"{scheme}me:{password}@{rest}")
    assert "hunter2" not in repr(report)
    if scheme in ("http://", "https://") or " " not in password:  # else it may follow the blank
        assert "url-credentials" in {problem.cause for problem in report.errors}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("app.localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", True),
        ("[::]", True),
        ("0", True),
        ("0x7f.1", True),
        ("0X7F.0.0.1", True),
        ("127.1", True),
        ("127.0.1", True),
        ("0177.0.0.01", True),
        ("2130706433", True),
        ("0x7f000001", True),
        ("::ffff:7f00:1", True),
        ("::ffff:0.0.0.0", True),
        ("::1%lo", True),
        ("a.localhost.", True),
        ("128.1", False),
        ("0x80.1", False),
        ("127.256.1", False),
        ("127.0.0.0.1", False),
        ("127.1.example", False),
        ("0x7g.1", False),
        ("4294967296", False),
        ("2130706432.1", False),
        ("::ffff:10.0.0.1", False),
        ("localhost.localdomain", False),
        ("notlocalhost", False),
        ("localhost.example.com", False),
        ("10.0.0.1", False),
        ("::2", False),
        ("", False),
    ],
)
def test_what_is_this_machine(host: str, expected: bool) -> None:
    assert is_loopback_host(host) is expected


WORDS = (
    'http https :// : / // @ [ ] ::1 localhost h . .. 8000 0 99999 /v1 /models /chat/completions ? # \\ " % é'
)
PIECES = st.lists(st.sampled_from([*WORDS.split(), " ", "\u200b"]), max_size=12).map("".join)


@given(st.one_of(PIECES, st.text(max_size=120)))
def test_any_text_is_judged_and_repairs_lead_home(text: str) -> None:
    report = inspect_url(text)
    for problem in report.problems:
        assert problem.message
        assert len(textwrap.wrap(problem.message, 80, break_on_hyphens=False)) <= 2
    if report.normalised is not None:
        assert report.errors == ()
        assert inspect_url(report.normalised).normalised == report.normalised
    else:
        assert report.errors
    if report.repair is not None:
        repaired = inspect_url(report.repair)
        assert repaired.problems == ()
        assert is_host(repaired.host or "")
        assert repaired.normalised == report.repair


def is_host(text: str) -> bool:
    return is_ipv6(text) or host_problem(text) is None


GARBAGE = st.lists(
    st.sampled_from(
        [
            *WORDS.split(),
            *PASTED,
            *NAMED,
            " ",
            "\n",
            '"',
            "'",
            "\u3002",
            "\uff1a",
            "\uff0f",
            "@",
            "=",
            ",",
            "(",
            ")",
            "[",
            "{",
            "a.b",
        ]
    ),
    max_size=8,
).map("".join)


@given(st.one_of(PIECES, GARBAGE, st.text(max_size=120)))
def test_every_offered_repair_is_a_usable_url_about_which_nothing_is_left_to_say(text: str) -> None:
    for problem in inspect_url(text).problems:
        if problem.repair is not None:
            report = inspect_url(problem.repair)
            assert (report.problems, report.normalised) == ((), problem.repair)
            assert report.host not in ("http", "https")
            assert is_host(report.host or "")


def test_routes_are_below_the_base() -> None:
    assert chat_url_of("http://h/v1/") == "http://h/v1/chat/completions"
    assert models_url_of("http://h/v1") == "http://h/v1/models"


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("http://h:99999/v1", "99999"),
        ("http://h:0/v1", "0"),
        ("http://h:80a/v1", "80a"),
        ("http://h:8000:9000/v1", "8000:9000"),
        ("http://h:8000:8000/v1", "8000"),
        ("http://[::1]:99999/v1", "99999"),
    ],
)
def test_a_port_that_is_none_is_shown(url: str, port: str) -> None:
    (problem,) = [problem for problem in inspect_url(url).problems if problem.cause == "url-bad-port"]
    assert f"({port})" in problem.message


@pytest.mark.parametrize(
    "part", ["x/http://a ", "-x http://a ", '"http://', "a=b ", "NAME=http:/", "@http://a:b", "["]
)
def test_a_long_paste_takes_time_by_its_length_alone(part: str) -> None:
    begun = time.process_time()
    inspect_url((part * 65_536)[:65_000])
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "text",
    [
        "builtin://demo",
        "file:///etc/passwd",
        "unix:///run/model.sock",
        "unix:/run/model.sock",
        "http+unix://model",
        "C:\\models\\v1",
        "http:///v1",
        "/v1",
    ],
)
def test_no_repair_is_made_of_what_names_no_host(text: str) -> None:
    report = inspect_url(text)
    assert (report.normalised, report.repair) == (None, None)
    assert report.errors


@pytest.mark.parametrize(
    "text",
    [
        "curl -H 'HTTP-Referer: https://app.example' http://gpu:8000/v1/chat/completions",
        "curl -e https://app.example http://gpu:8000/v1/models",
        """curl -d '{"image": "https://app.example/a.png"}' http://gpu:8000/v1/chat/completions""",
        "http://gpu:8000/v1,http://b/v1",
        "http://gpu:8000/v1|http://b/v1",
        "**http://gpu:8000/v1**",
        "http://gpu:8000/v1\u2026",
        "地址http://gpu:8000/v1",
        "网址：http://gpu:8000/v1。谢谢",
        "http%3A%2F%2Fgpu%3A8000%2Fv1",
        "https%3A//gpu:8000/v1".replace("https", "http"),
        "&lt;http://gpu:8000/v1&gt;",
        "http://gpu:8000/v1&quot;",
    ],
)
def test_the_endpoint_is_found_among_other_addresses_and_marks(text: str) -> None:
    report = inspect_url(text)
    assert (report.normalised, report.repair) == (None, "http://gpu:8000/v1")
