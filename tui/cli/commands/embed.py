"""``lmdeck embed``: its arguments."""

from tui.cli.argument_parser import positive_float, positive_integer
from tui.cli.command import PRINTS_JSON, Command, argument, one_of
from tui.cli.option_rules import excludes, needs
from tui.texts import command_help as texts

COMMAND = Command(
    "embed",
    texts.EMBED,
    run="tui.cli.embed:run",
    nothing="tui.cli.embed_report:nothing",
    examples=texts.EMBED_EXAMPLES + texts.FIGURES,
    arguments=(
        argument("text", nargs="?", metavar="TEXT", help=texts.EMBED_TEXT, may_be_empty=True),
        one_of(
            argument("-p", "--provider", metavar="NAME", help=texts.EMBED_PROVIDER),
            argument("--url", metavar="URL", help=texts.ASK_URL),
        ),
        argument("-m", "--model", metavar="M", help=texts.MODEL),
        argument("--key-env", metavar="VAR", help=texts.ASK_KEY_ENV),
        argument("--lines", action="store_true", help=texts.EMBED_LINES),
        argument("--similar", metavar="FILE", help=texts.EMBED_SIMILAR),
        argument("--rerank", action="store_true", help=texts.EMBED_RERANK),
        argument("--top", type=positive_integer, metavar="N", help=texts.EMBED_TOP),
        PRINTS_JSON,
        argument("--within-budget", action="store_true", help=texts.WITHIN_BUDGET),
        argument("--wait", type=positive_float, metavar="SECONDS", help=texts.EMBED_WAIT),
    ),
    rules=(
        needs("--key-env", "--url"),
        needs("--rerank", "--similar"),
        needs("--top", "--similar"),
        excludes("--similar", "--lines"),
    ),
)
