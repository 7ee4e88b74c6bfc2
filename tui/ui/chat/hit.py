"""Opens a chat at a match of a search in all conversations."""

from __future__ import annotations

from textual.screen import Screen

from tui.core.search_place import HitPlace, SearchScope
from tui.runtime.chat_control import ChatControl
from tui.texts import chat as texts
from tui.ui.shell.offers import key_of


def search_scope(chat: ChatControl) -> SearchScope:
    """Return the filters for a search from a chat."""
    provider = "" if chat.target is None else chat.target.provider.name
    return SearchScope(provider, chat.session.identity if chat.session is not None and chat.turns else "")


def show_branch(screen: Screen[None], chat: ChatControl, place: HitPlace) -> bool:
    """Show the branch of a turn, with a message if it is a different one; return whether it exists."""
    if chat.session is None:
        return False
    if any(turn.identity == place.turn for turn in chat.turns):
        return True
    is_shown = chat.session.show_turn(place.turn)
    if is_shown:
        keys = {name: key_of(screen, f"reading.{name}_variant") for name in ("previous", "next")}
        screen.notify(texts.OTHER_BRANCH.format(**keys), timeout=8)
    return is_shown
