"""Starts lmdeck: also where another package of the name ``tui`` has replaced its files, to say so."""

from __future__ import annotations

import sys
from importlib.metadata import packages_distributions


def main() -> int:
    """Run lmdeck and return its exit code; 2 where its files are not its own."""
    try:
        from tui.cli.main import main as run
    except (ImportError, SyntaxError):
        others = sorted({name for name in packages_distributions().get("tui", ()) if name != "lmdeck"})
        if not others:
            raise
        sys.stderr.write(
            f"lmdeck cannot start: the package {others[0]} beside it uses the name tui as well.\n"
            "Install lmdeck in an environment of its own: pipx install lmdeck, or uv tool install lmdeck.\n"
            f"Or remove it: pip uninstall {others[0]}, then pip install --force-reinstall lmdeck.\n"
        )
        return 2
    return run()


if __name__ == "__main__":
    sys.exit(main())
