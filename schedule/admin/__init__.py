"""The admin of the schedule; Django looks for it here."""

from schedule.admin import week  # noqa: F401
