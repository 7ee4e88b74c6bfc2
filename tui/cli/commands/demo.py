"""``lmdeck demo``: its arguments."""

from tui.cli.argument_parser import port, positive_float
from tui.cli.command import Command, argument

COMMAND = Command(
    "demo",
    "Run the demo endpoint in the foreground, for practice.",
    run="tui.cli.demo:run",
    examples="  lmdeck demo --port 8000\n  lmdeck demo --fault model-not-found\n",
    arguments=(
        argument("--port", type=port, default=0, metavar="N", help="default: a free one"),
        argument("--rate", type=positive_float, default=60.0, metavar="R", help="tokens per second"),
        argument("--fault", metavar="CAUSE", help="fail in this way, to practise a diagnosis"),
    ),
)
