"""The composition root: paths, settings, client and history in one object that is passed in."""
