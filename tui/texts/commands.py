"""What a chat says about its commands; the commands themselves are in ``commands.txt``."""

from typing import Final

UNKNOWN: Final = "Unknown command /{name}. Did you mean /{nearest}? Nothing was sent (// sends a leading /)."
TAKES_NOTHING: Final = "/{name} takes no text. Nothing was sent."
NOT_NOW: Final = "/{name} is not available now."
NO_SUCH_COPY: Final = "Copy what? /copy, /copy code, /copy 2 (code block 2), /copy reasoning or /copy all."
NO_SUCH_BLOCK: Final = "There is no code block {number}: the last answer with code has {count}."
