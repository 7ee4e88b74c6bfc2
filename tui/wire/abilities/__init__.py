"""Tests of what an endpoint can do: the bodies of their requests, and the verdicts on the replies."""
