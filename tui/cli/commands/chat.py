"""``lmdeck chat``: its arguments."""

from tui.cli.command import Command, argument
from tui.cli.option_rules import excludes
from tui.texts import command_help as texts

COMMAND = Command(
    "chat",
    texts.CHAT,
    run="tui.cli.screens:run",
    examples=texts.CHAT_EXAMPLES,
    arguments=(
        argument("provider", nargs="?", metavar="PROVIDER", help=texts.PROVIDER),
        argument("--unsaved", action="store_true", help=texts.UNSAVED),
        argument("--plain", action="store_true", help=texts.PLAIN),
        argument("--resume", metavar="ID", help=texts.RESUME),
    ),
    rules=(excludes("--resume", "--unsaved"),),
)
