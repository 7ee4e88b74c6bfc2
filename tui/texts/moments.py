"""How long ago something was."""

from typing import Final

JUST_NOW: Final = "just now"
MINUTES: Final = "{count} min ago"
HOURS: Final = "{count} h ago"
YESTERDAY: Final = "yesterday"
DAYS: Final = "{count} days ago"
MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
DAY: Final = "{day} {month}"
DAY_OF_YEAR: Final = "{day} {month} {year}"
