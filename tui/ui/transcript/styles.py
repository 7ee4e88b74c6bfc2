"""The transcript's style sheet: theme variables only, and never colour as the only sign."""
# ruff: noqa: E501

from __future__ import annotations

TRANSCRIPT_CSS = """
Transcript {
    height: 1fr;
    overflow: hidden hidden;
    background: $background;
    color: $foreground;
    scrollbar-size: 0 0;

    & > .transcript--heading { color: $text-primary; }
    & > .transcript--subheading { color: $text-secondary; }
    & > .transcript--marker { color: $text-accent; }
    & > .transcript--quote-bar { color: $text-muted; }
    & > .transcript--quote { color: $text-muted; text-style: italic; }
    & > .transcript--rule { color: $text-muted; }
    & > .transcript--inline-code { color: $text-accent; text-style: bold; }
    & > .transcript--code, & > .transcript--code-border, & > .transcript--code-label, & > .transcript--keyword, & > .transcript--string, & > .transcript--number, & > .transcript--comment, & > .transcript--function, & > .transcript--type, & > .transcript--operator, & > .transcript--inserted, & > .transcript--deleted {
        background: $surface;
    }
    & > .transcript--code-border { color: $text-muted; }
    & > .transcript--code-label { color: $text-muted; text-style: italic; }
    & > .transcript--table-border { color: $text-muted; }
    & > .transcript--table-header { color: $text-primary; }
    & > .transcript--link { color: $text-primary; text-style: underline; }
    & > .transcript--url { color: $text-muted; }
    & > .transcript--literal { color: $text-secondary; }
    & > .transcript--prompt { text-style: bold; }
    & > .transcript--prompt-bar { color: $text-primary; }
    & > .transcript--speaker { color: $text-secondary; }
    & > .transcript--variant { color: $text-accent; text-style: bold; }
    & > .transcript--footer { color: $text-muted; }
    & > .transcript--note { color: $text-muted; text-style: italic; }
    & > .transcript--error { color: $text-error; }
    & > .transcript--advice { color: $foreground; }
    & > .transcript--warning { color: $text-warning; text-style: bold; }
    & > .transcript--tool { color: $text-accent; }
    & > .transcript--keyword { color: $text-primary; text-style: bold; }
    & > .transcript--string { color: $text-success; }
    & > .transcript--number { color: $text-warning; }
    & > .transcript--comment { color: $text-muted; text-style: italic; }
    & > .transcript--function { color: $text-secondary; }
    & > .transcript--type { color: $text-accent; }
    & > .transcript--operator { color: $foreground; }
    & > .transcript--inserted { color: $text-success; }
    & > .transcript--deleted { color: $text-error; }
    & > .transcript--reasoning { color: $text-muted; }
    & > .transcript--cursor { color: $text-accent; text-style: bold; }
    & > .transcript--match { background: $warning-muted; color: $text-warning; text-style: underline; }
    & > .transcript--current-match { background: $warning; color: $background; text-style: bold; }
    & > .transcript--selection { background: $screen-selection-background; color: $screen-selection-foreground; }

    &:ansi {
        & > .transcript--heading { color: ansi_bright_blue; }
        & > .transcript--subheading { color: ansi_cyan; }
        & > .transcript--marker { color: ansi_magenta; }
        & > .transcript--quote-bar { color: ansi_default; text-style: dim; }
        & > .transcript--quote { color: ansi_default; text-style: italic; }
        & > .transcript--rule { color: ansi_default; text-style: dim; }
        & > .transcript--inline-code { color: ansi_cyan; text-style: bold; }
        & > .transcript--code, & > .transcript--code-border, & > .transcript--code-label, & > .transcript--keyword, & > .transcript--string, & > .transcript--number, & > .transcript--comment, & > .transcript--function, & > .transcript--type, & > .transcript--operator, & > .transcript--inserted, & > .transcript--deleted {
            background: ansi_default;
        }
        & > .transcript--code-border { color: ansi_default; text-style: dim; }
        & > .transcript--code-label { color: ansi_default; text-style: dim italic; }
        & > .transcript--table-border { color: ansi_default; text-style: dim; }
        & > .transcript--table-header { color: ansi_bright_blue; }
        & > .transcript--link { color: ansi_blue; text-style: underline; }
        & > .transcript--url { color: ansi_default; text-style: dim; }
        & > .transcript--literal { color: ansi_cyan; }
        & > .transcript--prompt-bar { color: ansi_bright_blue; }
        & > .transcript--speaker { color: ansi_cyan; }
        & > .transcript--variant { color: ansi_magenta; text-style: bold; }
        & > .transcript--footer { color: ansi_default; text-style: dim; }
        & > .transcript--note { color: ansi_default; text-style: dim italic; }
        & > .transcript--error { color: ansi_red; }
        & > .transcript--advice { color: ansi_default; }
        & > .transcript--warning { color: ansi_yellow; text-style: bold; }
        & > .transcript--tool { color: ansi_magenta; }
        & > .transcript--keyword { color: ansi_blue; text-style: bold; }
        & > .transcript--string { color: ansi_green; }
        & > .transcript--number { color: ansi_yellow; }
        & > .transcript--comment { color: ansi_default; text-style: dim italic; }
        & > .transcript--function { color: ansi_cyan; }
        & > .transcript--type { color: ansi_magenta; }
        & > .transcript--operator { color: ansi_default; }
        & > .transcript--inserted { color: ansi_green; }
        & > .transcript--deleted { color: ansi_red; }
        & > .transcript--reasoning { color: ansi_default; text-style: dim; }
        & > .transcript--cursor { color: ansi_magenta; text-style: bold; }
        & > .transcript--match { background: ansi_default; color: ansi_yellow; text-style: reverse; }
        & > .transcript--current-match { background: ansi_default; color: ansi_yellow; text-style: bold reverse; }
        & > .transcript--selection { background: ansi_default; color: ansi_default; text-style: reverse; }
    }
}

ReasoningFold {
    border: none;
    padding: 0;
    margin: 0;
    background: $background;

    &:focus-within { background-tint: $foreground 0%; }
    &:ansi { border: none; background: ansi_default; }
    & > CollapsibleTitle { width: 1fr; height: 1; padding: 0 0 0 2; color: $text-muted; text-style: none; }
    &.-under-cursor > CollapsibleTitle { color: $accent; text-style: bold underline; }
    & > CollapsibleTitle:hover { background: $block-hover-background; }
    & > CollapsibleTitle:focus { text-style: reverse; }
    & > Contents { padding: 0; height: auto; width: 100%; }
}

ReasoningBody {
    width: 100%;
    background: $background;
    color: $text-muted;

    &:ansi { background: ansi_default; color: ansi_default; }
}
"""
