"""Starts lmdeck, and explains the problem if another package named ``tui`` has replaced its files."""

from __future__ import annotations

import json
import sys
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions


def main() -> int:
    """Run lmdeck and return its exit code; 2 where its files are not its own."""
    try:
        from tui.cli.main import main as run
    except (ImportError, SyntaxError) as error:
        others = sorted({name for name in packages_distributions().get("tui", ()) if name != "lmdeck"})
        is_own = isinstance(error, SyntaxError) or (error.name or "").partition(".")[0] == "tui"
        if not (others or is_own):
            raise
        sys.stderr.write(_beside(others[0], _source()) if others else _damaged(error, _source()))
        return 2
    return run()


def _beside(other: str, source: str) -> str:
    return (
        f"lmdeck cannot start: the installed package {other} also uses the name tui.\n"
        f"Install lmdeck in an environment of its own: pipx install {source}, or uv tool install {source}.\n"
        f"Or remove it: pip uninstall {other}, then pip install --force-reinstall {source}\n"
    )


def _damaged(error: Exception, source: str) -> str:
    return (
        f"lmdeck cannot start: some of its files are missing or not its own ({error}).\n"
        f"Reinstall it: pip install --force-reinstall {source}\n"
    )


def _source() -> str:
    """Return where lmdeck was installed from, for pip: its name, or a folder, file or URL."""
    try:
        text = distribution("lmdeck").read_text("direct_url.json")
        url = str(json.loads(text)["url"]) if text else ""
    except (PackageNotFoundError, ValueError, KeyError, TypeError):
        url = ""
    printable = "".join(character for character in url if character.isprintable())
    return printable.removeprefix("file://") or "lmdeck"


if __name__ == "__main__":
    sys.exit(main())
