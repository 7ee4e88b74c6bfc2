"""The help screen; the tasks that it shows first are in ``tasks.txt``."""

from typing import Final

TITLE: Final = "Help"
CLOSES: Final = "{key} close"
FILTER: Final = "Type to filter: a key, or words such as copy code"
FIRST: Final = "What most users do here"
COMMANDS: Final = "Commands in the prompt"
NOTHING: Final = "No key or command matches."
