"""Texts of ``lmdeck completion``."""

from typing import Final

WHERE: Final = {
    "bash": '# Add to ~/.bashrc:  eval "$(lmdeck completion bash)"',
    "zsh": '# Add to ~/.zshrc, after compinit:  eval "$(lmdeck completion zsh)"',
    "fish": "# Run once:  lmdeck completion fish > ~/.config/fish/completions/lmdeck.fish",
}
NEWEST: Final = "the newest chat"
NEWEST_DELETED: Final = "the chat deleted last"
