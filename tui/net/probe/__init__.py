"""Runs the checks of ``core.diagnosis`` against an endpoint. The door is ``tui.net.probe.diagnose``."""
