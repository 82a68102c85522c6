"""Django application `schedule`: weeks and appointments."""

from django.apps import AppConfig


class ScheduleConfig(AppConfig):
    """Lịch công tác."""

    name = "schedule"
    verbose_name = "Lịch công tác"
