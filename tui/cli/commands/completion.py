"""``lmdeck completion``: its arguments."""

from tui.cli.command import Command, argument
from tui.texts import command_help as texts

COMMAND = Command(
    "completion",
    texts.COMPLETION,
    run="tui.cli.completion:run",
    examples=texts.COMPLETION_EXAMPLES,
    arguments=(argument("shell", choices=["bash", "zsh", "fish"], metavar="SHELL", help=texts.SHELL),),
)
