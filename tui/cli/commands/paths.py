"""``lmdeck paths``: its arguments."""

from tui.cli.command import PRINTS_JSON, Command
from tui.texts import command_help as texts

COMMAND = Command(
    "paths",
    texts.PATHS,
    run="tui.cli.paths:run",
    nothing={"paths": []},
    arguments=(PRINTS_JSON,),
)
