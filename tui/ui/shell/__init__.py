"""What every screen has: its base, dialogs, help, the bars above and below."""
