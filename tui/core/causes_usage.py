"""Causes inside the program or its use: providers, files, the embedded engine, the terminal."""

from __future__ import annotations

from tui.core.cause import Cause

_PROVIDERS = (
    Cause(
        "usage",
        "The command cannot be understood[[: {reason}]].",
        "Run lmdeck [[{command} ||]]--help to see how it is used.",
    ),
    Cause(
        "provider-unknown",
        "There is no provider [[named {name}||of that name]].",
        "Run lmdeck providers list to see the names[[; the closest is {closest}]].",
    ),
    Cause(
        "no-provider",
        "No provider is chosen, and none is the default.",
        "Name one with -p, give a server with --url, or run lmdeck providers default NAME.",
    ),
    Cause(
        "default-missing",
        "The default provider[[ {name}]] is no longer in the list.",
        "Choose another one: lmdeck providers default NAME, or name one with -p.",
    ),
    Cause(
        "provider-inactive",
        "The provider[[ {name}]] is inactive.",
        "Set its State to Active, or choose another provider.",
    ),
    Cause(
        "provider-embedding",
        "The provider[[ {name}]] makes embeddings: it cannot chat.",
        "[[Run lmdeck check {name} to test it, or choose||Choose]] a provider of category Model.",
    ),
    Cause(
        "provider-read-only",
        "The provider[[ {name}]] is view-only: it is built in or comes from a system-wide file.",
        "Clone it and change the copy.",
    ),
    Cause(
        "provider-exists",
        "There is already a provider [[named {name}||of that name]].",
        "Choose another name, or edit that provider.",
    ),
    Cause(
        "provider-invalid",
        "The provider[[ {name}]] has a value that cannot be right[[: {reason}]].",
        "Correct the field[[ {field}]] in the form or in providers.toml.",
    ),
    Cause(
        "setting-unreadable",
        "A security setting[[ of {name}]] cannot be read, so nothing is sent[[: {reason}]].",
        "Correct it in providers.toml or in the form.",
    ),
    Cause(
        "import-malformed",
        "The file to import cannot be read[[: {reason}]].",
        "Give a JSON file with one provider record or a list of them.",
    ),
    Cause(
        "prompt-empty",
        "There is nothing to send: the prompt is empty.",
        "Write a prompt, or pipe one in: echo Hello | lmdeck ask -",
    ),
)

_INPUT = (
    Cause(
        "input-too-large",
        "The input is too large[[: the limit is {limit}]].",
        "Send a part of it, or a summary.",
    ),
    Cause(
        "input-not-utf8",
        "The input is not UTF-8 text[[ (byte {position})]].",
        "Convert it first, for example with iconv -t UTF-8.",
    ),
)

_FILES = (
    Cause(
        "config-malformed",
        "The file[[ {path}]] cannot be read[[: {reason}]].",
        "Correct it by hand[[; a copy is kept at {copy}]].",
    ),
    Cause(
        "config-newer",
        "The file[[ {path}]] was written by a newer version of lmdeck, so it is not changed.",
        "Update lmdeck to edit it.",
    ),
    Cause(
        "file-untrusted",
        "The file[[ {path}]] is not changed[[: {reason}]].",
        "Read it through, then run: lmdeck providers trust.",
    ),
    Cause(
        "store-full",
        "The disk or your quota is full[[ at {path}]], so nothing can be saved.",
        "Make room[[{?is_kept}||, then try again]].",
    ),
    Cause(
        "store-read-only",
        "Files cannot be written[[ at {path}]]: it is read-only or belongs to somebody else.",
        "Correct its permissions[[{?is_kept}||, then try again]].",
    ),
    Cause(
        "store-locked",
        "The file[[ {path}]] is in use by another lmdeck[[ ({holder})]].",
        "Close the other one, or wait a moment and try again.",
    ),
    Cause(
        "store-failed",
        "The file[[ {path}]] could not be read or written[[: {reason}]].",
        "Check the disk and the file's permissions.",
    ),
    Cause(
        "conversation-unknown",
        "There is no conversation [[named {name}||of that name]].",
        "Open lmdeck and press h to see what there is, or take the newest one: --resume last.",
    ),
)

_PROGRAM = (
    Cause(
        "engine-missing",
        "The embedded model is not installed.",
        "Install it[[ with: {command}||: the README says how]]; or add a provider of your own.",
    ),
    Cause(
        "engine-failed",
        "The embedded model could not be started[[: {reason}]].",
        "Try again; if it fails again, use another provider and report the message.",
    ),
    Cause(
        "terminal-missing",
        "The screens need a terminal, and there is none here.",
        "Use the commands instead, such as lmdeck ask or lmdeck check.",
    ),
    Cause(
        "terminal-dumb",
        "This terminal[[ ({terminal})]] cannot show the screens.",
        "Set TERM to what it is, such as xterm-256color, or use lmdeck ask and the other commands.",
    ),
    Cause(
        "terminal-too-small",
        "The terminal is too small[[: {size}]].",
        "Make it at least 80 columns wide and 24 lines high.",
    ),
    Cause(
        "interrupted", "Interrupted before it was finished.", "What came is kept; run it again for the rest."
    ),
    Cause(
        "internal",
        "lmdeck itself failed[[: {reason}]].",
        "Please report it with what you did just before.",
    ),
)

USAGE_CAUSES: tuple[Cause, ...] = _PROVIDERS + _INPUT + _FILES + _PROGRAM
