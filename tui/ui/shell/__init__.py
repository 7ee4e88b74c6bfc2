"""The common parts of all screens: base class, dialogs, help, title bar and footer."""
