"""Mentions in a draft mean files if typed or selected, not if pasted."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui.core.mentions import mention_of
from tui.core.parts import FilePart, Parts, TextPart
from tui.core.path_search import PathList
from tui.ui.chat.mentioning import Mentioning


@dataclass
class Found:
    found: PathList = field(
        default_factory=lambda: PathList(["src/main.rs", "src/match.rs", "with blank/a b"])
    )
    is_scanning: bool = False
    is_capped: bool = False


def test_what_was_pasted_is_text_until_it_is_typed_or_chosen() -> None:
    mentioning = Mentioning(Found())
    mentioning.pasted("see @src/main.rs and @src/match.rs")
    assert mentioning.only_words == {"src/main.rs", "src/match.rs"}
    mentioning.follow("@", opens=True)
    mentioning.follow("@src/main.rs", opens=False)
    assert mentioning.only_words == {"src/match.rs"}
    mentioning.use("@src/match.rs ")
    assert mentioning.only_words == set()
    mentioning.pasted("see @src/match.rs")
    assert mentioning.only_words == set(), "it was chosen"


def test_an_earlier_message_is_recalled_with_the_meaning_that_it_had() -> None:
    mentioning = Mentioning(Found())
    file = FilePart("0" * 64, "a.py", lines=(3, 4))
    mentioning.told(Parts((TextPart("compare @a.py:3-4, and @b.py"), file)))
    assert mentioning.only_words == {"b.py"}


def test_the_first_entry_is_marked_only_where_it_begins_as_was_typed() -> None:
    mentioning = Mentioning(Found())
    mentioning.follow("Is it @", opens=True)
    assert (len(mentioning.entries), mentioning.marked) == (3, None)
    assert mentioning.chosen(is_sent=True) is None, "Enter sends"
    assert mentioning.chosen(is_sent=False) == "@src/main.rs ", "Tab uses the first one"
    mentioning.follow("Is it @ma", opens=False)
    assert (mentioning.marked, mentioning.chosen(is_sent=True)) == (0, "@src/main.rs ")
    mentioning.follow("Is it @an", opens=False)
    assert mentioning.chosen(is_sent=True) is None
    mentioning.move(1)
    assert mentioning.chosen(is_sent=True) is not None, "what was moved to"
    mentioning.follow("Is it @src/main.rs", opens=False)
    assert mentioning.chosen(is_sent=True) is None, "complete: Enter sends"
    mentioning.follow("Is it @src/main.rs ", opens=False)
    assert not mentioning.is_active
    assert mentioning.chosen(is_sent=False) is None


def test_closed_it_opens_again_only_with_another_mention() -> None:
    mentioning = Mentioning(Found())
    assert mentioning.follow("@", opens=True)
    mentioning.close()
    assert not mentioning.follow("@s", opens=False)
    assert not mentioning.follow("me@", opens=True)
    assert mentioning.follow("me @", opens=True)
    mentioning.follow("me @bl", opens=False)
    assert mentioning.chosen(is_sent=True) is None
    assert mentioning.chosen(is_sent=False) == f"{mention_of('with blank/a b')} "
