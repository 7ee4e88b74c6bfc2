"""``lmdeck chat``: its arguments."""

from tui.cli.command import Command, argument

COMMAND = Command(
    "chat",
    "Open straight in a chat.",
    run="tui.cli.screens:run",
    examples="  lmdeck chat\n  lmdeck chat qwen\n  lmdeck chat qwen --plain      # line by line\n",
    arguments=(
        argument("provider", nargs="?", metavar="PROVIDER", help="a provider's name (default: yours)"),
        argument("--unsaved", action="store_true", help="keep nothing of this conversation on disk"),
        argument("--plain", action="store_true", help="line by line, no cursor addressing"),
        argument("--resume", metavar="ID", help="reopen a conversation; 'last' is the newest one"),
    ),
)
