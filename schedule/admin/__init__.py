"""Pages for staff of the schedule; Django looks for them here."""

from schedule.admin import week  # noqa: F401
