"""The public pages of the schedule."""
