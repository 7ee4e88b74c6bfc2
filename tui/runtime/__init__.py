"""The composition root: paths, settings, client, history in one object that is passed in."""
