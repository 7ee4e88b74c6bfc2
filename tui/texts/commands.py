"""What a chat says about its commands; the commands themselves are in ``commands.txt``."""

from typing import Final

UNKNOWN: Final = "Unknown command /{name}. Did you mean /{nearest}? Nothing was sent (// sends a leading /)."
TAKES_NOTHING: Final = "/{name} takes no text ({does}). Nothing was sent."
PASTED_AS_TEXT: Final = "{word} was pasted, so it was sent as a message. Type the / for a command or preset."
STREAMING: Final = "An answer is still streaming: wait for it, or stop it first."
NOTHING_SENT: Final = "No message has been sent in this chat yet."
NOTHING_TO_CONTINUE: Final = "There is no answer to continue."
IS_COMPLETE: Final = "The answer is complete. Ask for more in a message."
READ_ONLY: Final = "This chat is read-only here. /fork to continue in a copy."
NOT_SAVED: Final = "This chat is not saved, so there is nothing to copy."
HAS_BEGUN: Final = "The examples are for a chat without messages."
NO_PROVIDER: Final = "This chat has no provider. /model to choose one."
FIND_WHAT: Final = "Search for what? /find TEXT."
NO_SUCH_COPY: Final = "Copy what? /copy, /copy code, /copy 2 (code block 2), /copy reasoning or /copy all."
NO_SUCH_BLOCK: Final = "There is no code block {number}: the last answer with code has {count}."
