"""The only importer of httpx: client, failure classifier, probes. No disk, no screens."""

from __future__ import annotations

from tui.net.httpx_compat import leave_out_command

leave_out_command()
