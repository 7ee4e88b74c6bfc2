"""The help; what it shows first is in ``tasks.txt``."""

from typing import Final

TITLE: Final = "Help"
CLOSES: Final = "{key} close"
FILTER: Final = "Type to filter: a key, or words such as copy code"
FIRST: Final = "What most users do here"
COMMANDS: Final = "Commands in the prompt"
NOTHING: Final = "No key or command has these words."
