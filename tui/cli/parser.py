"""The command line: names, flags and help, without importing what the commands need."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from tui import __version__
from tui.cli.argument_parser import ArgumentParser
from tui.core.check_cost import CHECK_COST

METRICS = """\
figures:
  TTFT  time to the first text, reasoning or answer     TTFA  time to the first text of the answer
  TPOT  time per output token without the first one     E2E   time to the end of the stream
  A figure is reported by the server, estimated by us (~), or unknown (—).

exit codes:
  0 done    1 a check failed or no answer came    2 wrong usage or configuration    130 interrupted
"""

EXAMPLES = """\
examples:
  lmdeck                                              open the screens
  lmdeck chat                                         open straight in a chat
  lmdeck ask "Why is the sky blue?"                   one answer on stdout
  git diff | lmdeck ask "Review this" -p qwen         a pipe is part of the prompt
  lmdeck ask hi --url http://localhost:8000/v1        no set-up, nothing saved
  lmdeck check http://localhost:8000/v1               what is wrong, and what to do
  lmdeck discover                                     model servers on this machine
  lmdeck providers add qwen --url http://gpu01:8000/v1 --model Qwen/Qwen3-8B --key-env QWEN_KEY
  lmdeck demo --fault auth                            an endpoint to practise with
"""


def build_parser() -> ArgumentParser:
    """Return the parser of the whole command line."""
    parser = ArgumentParser(
        prog="lmdeck",
        description="A terminal deck of OpenAI-compatible model endpoints: add, check, chat, account.",
        epilog=EXAMPLES + "\n" + METRICS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"lmdeck {__version__}")
    parser.add_argument("--log", metavar="FILE", help="write a debug log, keys erased (or LMDECK_LOG=FILE)")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for add in (_add_chat, _add_ask, _add_check, _add_discover, _add_providers, _add_demo, _add_engine):
        add(commands)
    _add_paths(commands)
    _add_forget(commands)
    return parser


def _command(
    commands: argparse._SubParsersAction[ArgumentParser], name: str, summary: str, examples: str = ""
) -> ArgumentParser:
    parser = commands.add_parser(
        name,
        help=summary,
        description=summary,
        epilog=f"examples:\n{examples}" if examples else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--log", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return parser


def _add_chat(commands: argparse._SubParsersAction[ArgumentParser]) -> None:
    parser = _command(
        commands,
        "chat",
        "Open straight in a chat.",
        "  lmdeck chat\n  lmdeck chat qwen\n  lmdeck chat qwen --plain      # line by line\n",
    )
    parser.add_argument("provider", nargs="?", metavar="PROVIDER", help="a provider's name (default: yours)")
    parser.add_argument("--unsaved", action="store_true", help="keep nothing of this conversation on disk")
    parser.add_argument("--plain", action="store_true", help="line by line, no cursor addressing")
    parser.add_argument("--resume", metavar="ID", help="reopen a conversation; 'last' is the newest one")


def _add_ask(commands: argparse._SubParsersAction[ArgumentParser]) -> None:
    parser = _command(
        commands,
        "ask",
        "One answer on stdout; the reasoning goes to stderr.",
        '  lmdeck ask "Name three colours"\n  cat log.txt | lmdeck ask "What went wrong?"\n'
        "  lmdeck ask - < prompt.txt\n  lmdeck ask hi --url http://localhost:8080/v1 --json\n\n" + METRICS,
    )
    parser.add_argument("prompt", nargs="?", metavar="PROMPT", help="the prompt; '-' reads it from stdin")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("-p", "--provider", metavar="NAME", help="a provider (default: yours)")
    where.add_argument("--url", metavar="URL", help="an endpoint, without set-up; nothing is saved")
    parser.add_argument("--model", metavar="M", help="another model than the provider's")
    parser.add_argument("--key-env", metavar="VAR", help="with --url: environment variable with the API key")
    parser.add_argument("--system", metavar="S", help="system prompt")
    parser.add_argument("--max-tokens", type=_positive_integer, metavar="N")
    parser.add_argument("--temperature", type=_non_negative, metavar="T")
    parser.add_argument(
        "--thinking", choices=["off", "on", "minimal", "low", "medium", "high"], help="how much to think"
    )
    parser.add_argument("--no-stream", action="store_true", help="ask for the whole answer at once")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--wait", type=_non_negative, metavar="SECONDS", help="wait this long for a first word"
    )


def _add_check(commands: argparse._SubParsersAction[ArgumentParser]) -> None:
    parser = _command(
        commands,
        "check",
        f"Find out what is wrong with an endpoint, and what to do (one short chat: {CHECK_COST}).",
        "  lmdeck check http://localhost:8000/v1\n  lmdeck check qwen --json\n  lmdeck check --all --quick\n",
    )
    parser.add_argument("target", nargs="?", metavar="NAME|URL", help="a provider or an endpoint")
    parser.add_argument("--all", action="store_true", dest="all_providers", help="every active provider")
    parser.add_argument("--model", metavar="M")
    parser.add_argument("--key-env", metavar="VAR", help="environment variable with the API key")
    parser.add_argument("--quick", action="store_true", help="spend no tokens: no chat is sent")
    parser.add_argument(
        "--wait", type=_non_negative, metavar="SECONDS", help="wait for a model that is loading"
    )
    parser.add_argument("--watch", type=_positive_float, metavar="SECONDS", help="repeat, print changes only")
    parser.add_argument("-v", "--verbose", action="store_true", help="show the evidence of every check")
    parser.add_argument(
        "--report", metavar="FILE|-", help="write a Markdown report for a ticket, every known key erased"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _add_discover(commands: argparse._SubParsersAction[ArgumentParser]) -> None:
    parser = _command(
        commands, "discover", "Find the model servers that run on this machine (loopback only)."
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _add_providers(commands: argparse._SubParsersAction[ArgumentParser]) -> None:
    parser = _command(commands, "providers", "List and change the providers.")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = _command(actions, "list", "List every provider.")
    listing.add_argument("--json", action="store_true")
    show = _command(actions, "show", "Show one provider, its key masked.")
    show.add_argument("name", metavar="NAME")
    show.add_argument("--json", action="store_true")
    _add_providers_add(actions)
    remove = _command(actions, "remove", "Remove a provider and its stored key.")
    remove.add_argument("name", metavar="NAME")
    remove.add_argument("--only-key", action="store_true", help="remove its stored key; the provider stays")
    default = _command(actions, "default", "Make a provider the default.")
    default.add_argument("name", metavar="NAME")
    trust = _command(
        actions, "trust", "Use the keys of a providers file that others can write, as it is now."
    )
    trust.add_argument("--yes", action="store_true", help="do not ask")
    imports = _command(actions, "import", "Import providers from Casibase's JSON.")
    imports.add_argument("file", metavar="FILE", help="a JSON file, or '-' for stdin")
    imports.add_argument("--replace", action="store_true", help="replace providers of the same name")
    imports.add_argument(
        "--allow-references",
        action="store_true",
        help="use env:, cmd: and file: in place of keys (default: ask for each one)",
    )
    imports.add_argument(
        "--zero-is-free", action="store_true", help="prices of 0 and 0 are free (default: unknown)"
    )
    export = _command(actions, "export", "Print providers as Casibase's JSON.")
    export.add_argument("names", nargs="*", metavar="NAME", help="which ones (default: all of yours)")
    export.add_argument("--with-keys", action="store_true", help="include the API keys, readable")


def _add_providers_add(actions: argparse._SubParsersAction[ArgumentParser]) -> None:
    parser = _command(
        actions,
        "add",
        "Add a provider.",
        "  lmdeck providers add local --url http://localhost:8000/v1 --model Qwen/Qwen3-8B\n"
        "  pass show deepseek | lmdeck providers add deepseek --url https://api.deepseek.com/v1 \\\n"
        "      --model deepseek-chat --key-stdin --input-price 0.00027 --output-price 0.0011\n",
    )
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--url", required=True, metavar="URL", help="Provider URL")
    parser.add_argument("--model", required=True, metavar="M", help="Compatible provider: the model's name")
    parser.add_argument("--display-name", default="", metavar="TEXT")
    parser.add_argument("--category", choices=["Model", "Embedding"], default="Model")
    parser.add_argument("--input-price", metavar="P", help="per 1k tokens; 0 is free")
    parser.add_argument("--output-price", metavar="P", help="per 1k tokens; 0 is free")
    parser.add_argument("--currency", default="USD", metavar="CODE")
    key = parser.add_mutually_exclusive_group()
    key.add_argument("--key-env", metavar="VAR", help="the key is in this environment variable")
    key.add_argument("--key-file", metavar="PATH", help="the key is in this file, readable by you alone")
    key.add_argument("--key-command", metavar="COMMAND", help="the key is what this command prints")
    key.add_argument("--key-stdin", action="store_true", help="read the key from stdin and store it")
    parser.add_argument("--inactive", action="store_true")
    parser.add_argument("--default", action="store_true", dest="make_default")


def _add_demo(commands: argparse._SubParsersAction[ArgumentParser]) -> None:
    parser = _command(
        commands,
        "demo",
        "Run the demo endpoint in the foreground, for practice.",
        "  lmdeck demo --port 8000\n  lmdeck demo --fault model-not-found\n",
    )
    parser.add_argument("--port", type=_port, default=0, metavar="N", help="default: a free one")
    parser.add_argument("--rate", type=_positive_float, default=60.0, metavar="R", help="tokens per second")
    parser.add_argument("--fault", metavar="CAUSE", help="fail in this way, to practise a diagnosis")


def _add_engine(commands: argparse._SubParsersAction[ArgumentParser]) -> None:
    parser = _command(commands, "engine", "The model that runs on this machine.")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _command(actions, "install", "Install llama.cpp and SmolLM2-135M into this installation (about 130 MB).")
    _command(actions, "status", "Say whether it is installed.")


def _add_paths(commands: argparse._SubParsersAction[ArgumentParser]) -> None:
    parser = _command(commands, "paths", "Say where everything is kept.")
    parser.add_argument("--json", action="store_true")


def _add_forget(commands: argparse._SubParsersAction[ArgumentParser]) -> None:
    parser = _command(commands, "forget", "Remove stored keys, conversations or caches, as asked.")
    parser.add_argument(
        "what",
        nargs="+",
        choices=["keys", "conversations", "caches"],
        metavar="WHAT",
        help="keys, conversations, caches: one of them or several",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _number(
    convert: Callable[[str], float], is_allowed: Callable[[float], bool], wanted: str, text: str
) -> float:
    try:
        value = convert(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}") from None
    if not is_allowed(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}")
    return value


def _positive_integer(text: str) -> int:
    return int(_number(int, lambda value: value >= 1, "a whole number from 1", text))


def _port(text: str) -> int:
    return int(_number(int, lambda value: 0 <= value <= 65535, "a port from 1 to 65535", text))


def _non_negative(text: str) -> float:
    return _number(float, lambda value: 0 <= value < float("inf"), "a number from 0", text)


def _positive_float(text: str) -> float:
    return _number(float, lambda value: 0 < value < float("inf"), "a number above 0", text)
