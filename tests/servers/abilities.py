"""The abilities of a server, from the command line."""

from __future__ import annotations

from tests.servers.running import Server
from tests.support.commands import Call
from tui.core.abilities import Ability, Outcome


def results(lmdeck: Call, server: Server, model: str, *options: str, **variables: str) -> dict[str, str]:
    """Run every test of what a server can do; return the outcomes by the name of the ability."""
    done = lmdeck("check", server.base_url, "--model", model, "--deep", "--json", *options, **variables)
    assert done.code == 0, done.out
    found = {name: ability["result"] for name, ability in done.json["abilities"].items()}
    assert set(found) == {ability.value for ability in Ability}
    assert set(found.values()) <= {outcome.value for outcome in Outcome}
    assert all(ability["evidence"] for ability in done.json["abilities"].values())
    return found
