"""Endpoints that come with the program: the scripted demo server and the embedded llama.cpp engine."""
