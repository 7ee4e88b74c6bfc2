"""``lmdeck ask``: its arguments."""

from tui.cli.argument_parser import non_negative, positive_integer
from tui.cli.command import METRICS, PRINTS_JSON, Command, argument, one_of

COMMAND = Command(
    "ask",
    "One answer on stdout; the reasoning goes to stderr.",
    run="tui.cli.ask:run",
    examples='  lmdeck ask "Name three colours"\n  cat log.txt | lmdeck ask "What went wrong?"\n'
    "  lmdeck ask - < prompt.txt\n  lmdeck ask hi --url http://localhost:8080/v1 --json\n\n" + METRICS,
    arguments=(
        argument("prompt", nargs="?", metavar="PROMPT", help="the prompt; '-' reads it from stdin"),
        one_of(
            argument("-p", "--provider", metavar="NAME", help="a provider (default: yours)"),
            argument("--url", metavar="URL", help="an endpoint, without set-up; nothing is saved"),
        ),
        argument("--model", metavar="M", help="another model than the provider's"),
        argument("--key-env", metavar="VAR", help="with --url: environment variable with the API key"),
        argument("--system", metavar="S", help="system prompt"),
        argument("--max-tokens", type=positive_integer, metavar="N"),
        argument("--temperature", type=non_negative, metavar="T"),
        argument(
            "--thinking", choices=["off", "on", "minimal", "low", "medium", "high"], help="how much to think"
        ),
        argument("--no-stream", action="store_true", help="ask for the whole answer at once"),
        PRINTS_JSON,
        argument("--wait", type=non_negative, metavar="SECONDS", help="wait this long for a first word"),
    ),
)
