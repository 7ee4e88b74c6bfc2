"""The branches of a chat: the window, and what the plain chat prints."""

from typing import Final

TITLE: Final = "Branches"
KEYS: Final = "Enter show this branch · {cancel} cancel"
HELP: Final = "Every message of this chat, hidden branches included; ● marks the messages that are shown."
NONE: Final = "This chat has only one branch. /edit and /retry start another."
NO_SUCH_ROW: Final = "There is no row {number}: /branches lists 1 to {count}."
HINT: Final = "/branches NUMBER shows the branch of a row."
