"""A fictitious failure: its catalogue entry, the rule that finds it, and its simulation.

Run as a program, it is lmdeck with that failure.
"""

from __future__ import annotations

from tui.core import causes

ENTRY = """
teapot
  The server is a teapot[[: {server_message}]].
  Ask it for tea, or use another server.
"""
(TEAPOT,) = causes.read_causes(f"== A chapter\n{ENTRY}")["A chapter"]


def add() -> None:
    """Make it known to this process, before anything that reads the catalogue is loaded."""
    causes.SECTIONS["HTTP, key and model"] += (TEAPOT,)
    causes.CATALOGUE["teapot"] = TEAPOT


def find_and_practise() -> None:
    """Let status 418 mean it, and the demo endpoint answer so."""
    from tui.demo.connection import Connection
    from tui.demo.fault import fault
    from tui.texts.demo import FAULTS
    from tui.wire import error_rules
    from tui.wire.evidence import Rule

    FAULTS["teapot"] = "is a teapot"

    @fault("teapot")
    def _teapot(connection: Connection) -> bool:
        connection.send_json(418, {"error": {"message": "short and stout"}})
        return True

    error_rules.RULES = (Rule("teapot", status=(418,)), *error_rules.RULES)


if __name__ == "__main__":
    add()
    find_and_practise()
    from tui.cli.main import main

    raise SystemExit(main())
