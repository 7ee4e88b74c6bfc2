"""The HTTP client, failure classification and probes; the only importer of httpx. No disk, no screens."""

from __future__ import annotations

from tui.net.httpx_compat import leave_out_command

leave_out_command()
