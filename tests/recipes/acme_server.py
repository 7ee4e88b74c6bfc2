"""A fictitious server, defined by one entry; run as a program, it is lmdeck with that entry."""

from __future__ import annotations

from tui.wire import dialects
from tui.wire.probes import Probe
from tui.wire.servers import Dialect, GatewayMark, KnownServer
from tui.wire.thinking import ThinkingForm

ACME = Dialect(
    "acme",
    ("Acme Serve | `ponder` | never | `/acme/about` | {}, always | run",),
    hosts=("api.acme.example",),
    owners=("acme",),
    headers=(("x-acme", r"acme/(\S+)"),),
    builds=(r"acme-(\d+)",),
    errors=(b"acme says no",),
    gateway="Acme",
    gateway_marks=(GatewayMark("x-acme"),),
    probes=(Probe("/acme/about", signs=("acme",), version="acme", windows=("limits.window",)),),
    refusal={"acme": "locked"},
    refusal_probe=Probe("/acme/about", signs=("acme",), version="acme"),
    programs=(KnownServer("Acme Serve", "acme serve", 7171),),
    thinking=(ThinkingForm("ponder", lambda thinking, effort, model: {"ponder": effort}),),
    efforts={"minimal": "tiny"},
    stream_options=False,
    completion_tokens="",
    replay="pondered",
    refuses_unlisted=True,
    metrics={"requests_running": ("acme_running",)},
    shows_load=True,
)


def add() -> None:
    """Make it known to this process, before anything that reads the rows is loaded."""
    dialects.DIALECTS += (ACME,)


if __name__ == "__main__":
    add()
    from tui.cli.main import main

    raise SystemExit(main())
