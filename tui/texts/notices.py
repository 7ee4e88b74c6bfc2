"""The list of what was told in short messages that vanish."""

from typing import Final

TITLE: Final = "Notices"
HELP: Final = "What lmdeck reported since it started, the newest first."
NONE: Final = "No notices yet. What lmdeck reports in short messages is listed here until you quit."
KEYS: Final = "{copy} copy · {close} close"
LINE: Final = "{time} {mark} {message}"
