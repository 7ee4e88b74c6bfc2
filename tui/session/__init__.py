"""One conversation in progress: folds events into the turn, prices it, journals it."""
