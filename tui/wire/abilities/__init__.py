"""Tests of what an endpoint can do: the bodies of their requests, and how the replies are judged."""
