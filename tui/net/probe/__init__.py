"""Runs the checks of ``core.diagnosis`` against an endpoint. Entry point: ``tui.net.probe.diagnose``."""
