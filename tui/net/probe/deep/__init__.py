"""Tests of what an endpoint can do besides plain chats."""
