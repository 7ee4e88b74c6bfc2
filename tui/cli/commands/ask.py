"""``lmdeck ask``: its arguments."""

from tui.cli.argument_parser import non_negative, positive_float, positive_integer
from tui.cli.command import DOES_NOT_ASK, PRINTS_JSON, Command, argument, one_of
from tui.cli.option_rules import needs
from tui.texts import command_help as texts

COMMAND = Command(
    "ask",
    texts.ASK,
    run="tui.cli.ask:run",
    nothing="tui.cli.ask_report:nothing",
    examples=texts.ASK_EXAMPLES + texts.FIGURES,
    arguments=(
        argument("prompt", nargs="?", metavar="PROMPT", help=texts.PROMPT, may_be_empty=True),
        argument("-f", "--file", action="append", default=[], metavar="FILE", help=texts.ASK_FILE),
        one_of(
            argument("-p", "--provider", metavar="NAME", help=texts.PROVIDER),
            argument("--url", metavar="URL", help=texts.ASK_URL),
        ),
        argument("-t", "--template", metavar="PRESET", help=texts.ASK_PRESET),
        argument("-m", "--model", metavar="M", help=texts.MODEL),
        argument("--key-env", metavar="VAR", help=texts.ASK_KEY_ENV),
        argument("--system", metavar="S", help=texts.SYSTEM, may_be_empty=True),
        argument("--max-tokens", type=positive_integer, metavar="N", help=texts.MAX_TOKENS),
        argument("--temperature", type=non_negative, metavar="T", help=texts.TEMPERATURE),
        argument(
            "--thinking",
            choices=["default", "off", "on", "minimal", "low", "medium", "high"],
            metavar="LEVEL",
            help=texts.THINKING,
        ),
        argument("--no-stream", action="store_true", help=texts.NO_STREAM),
        argument("--schema", metavar="FILE", help=texts.ASK_SCHEMA),
        argument("--strict", action="store_true", help=texts.ASK_STRICT),
        argument("--retry", action="store_true", help=texts.ASK_RETRY),
        PRINTS_JSON,
        argument("--within-budget", action="store_true", help=texts.WITHIN_BUDGET),
        argument("--timing", action="store_true", help=texts.ASK_TIMING),
        argument("--wait", type=positive_float, metavar="SECONDS", help=texts.ASK_WAIT),
        DOES_NOT_ASK,
    ),
    rules=(needs("--key-env", "--url"), needs("--strict", "--schema"), needs("--retry", "--schema")),
)
