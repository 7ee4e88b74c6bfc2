"""Tests of an endpoint's abilities: the request bodies, and the verdicts on the replies."""
