"""Mentions of files in a message, and the matching of paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.mentions import meant, mention_of, mentions, open_mention, unquoted
from tui.core.path_search import MOST_PATHS, PathList, is_suggested


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Why does @a.py fail?", ["a.py"]),
        ("@deploy/nginx.conf:12-40 and\n@b", ["deploy/nginx.conf:12-40", "b"]),
        ('See @"my file.txt":3-4, please', ["my file.txt:3-4"]),
        ('@"my file.txt"', ["my file.txt"]),
        ("mail me@example.org", []),
        ("npx x@latest (@b)", []),
        ("`cat @a.py` and `@b`", []),
        ("https://host/@a.py", []),
        ("alone: @ and @", []),
        ('@"never closed', []),
    ],
)
def test_a_mention_stands_behind_a_blank_and_not_in_code(text: str, found: list[str]) -> None:
    assert [mention.reference for mention in mentions(text)] == found


def test_the_marks_of_a_sentence_belong_to_a_path_only_where_it_has_them() -> None:
    files = {"a.py", "b.py", "c)"}
    assert list(meant("Is @a.py, or @b.py? See @c).", files.__contains__)) == ["a.py", "b.py", "c)"]
    assert list(meant("@a.py @b.py", files.__contains__, {"a.py"})) == ["b.py"]


@given(st.text(st.characters(exclude_characters='"\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029'), min_size=1))
def test_what_is_written_for_a_path_mentions_it(path: str) -> None:
    (mention,) = mentions(f"See {mention_of(path)} now".replace("`", "'"))
    assert mention.reference in (path.replace("`", "'"), mention.reference if ":" in path else "")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ('"my notes.txt"', "my notes.txt"),
        ("'src/*.py'", "src/*.py"),
        ('"my notes.txt":3-4', "my notes.txt:3-4"),
        ("a.py", "a.py"),
        ('"a.py', '"a.py'),
        ("\"a.py'", "\"a.py'"),
        ('""', '""'),
    ],
)
def test_a_name_may_be_quoted_as_in_a_shell(typed: str, name: str) -> None:
    assert unquoted(typed) == name


def test_the_mention_at_the_end_is_being_typed() -> None:
    assert [
        found and found.reference
        for found in map(open_mention, ["@", "a @sr", 'a @"my fi', "a@b", "@a ", "`@a", '@"a" '])
    ] == ["", "sr", "my fi", None, None, None, None]


def test_names_that_begin_so_come_first_then_those_that_have_it_anywhere() -> None:
    found = PathList(["docs/main.md", "src/domain.rs", "src/main.rs", "main/x.rs", "src/am.rs", "m-a-i-n"])
    assert found.best("main", 9) == [
        "src/main.rs",
        "docs/main.md",
        "main/x.rs",
        "src/domain.rs",
        "m-a-i-n",
    ]
    assert found.best("", 2) == ["docs/main.md", "src/domain.rs"]
    assert found.best("SRC/M", 1) == ["src/main.rs"]
    assert found.best("xyz", 9) == []
    assert [found.best(typed, 1) for typed in ("d", "do", "dom", "do", "")] == [
        ["src/domain.rs"],
        ["src/domain.rs"],
        ["src/domain.rs"],
        ["src/domain.rs"],
        ["docs/main.md"],
    ]
    assert found.best("main", 1) == ["src/main.rs"], "a path that was out for what was typed before"


def test_of_very_many_paths_the_best_are_found_too() -> None:
    paths = [f"lib/part{number}/a{number}.py" for number in range(MOST_PATHS - 1)]
    assert PathList([*paths, "zz/apple.py"]).best("app", 3)[0] == "zz/apple.py"
    assert len(PathList(paths).best("a", 50)) == 50


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        "a/.git/config",
        "deploy/id_rsa",
        "tls/server.pem",
        "a/credentials.json",
        "kubeconfig",
        "a\nb",
        'a"b',
    ],
)
def test_hidden_files_keys_and_what_cannot_be_typed_are_not_suggested(path: str) -> None:
    assert not is_suggested(path)
    assert is_suggested("src/main.rs")
