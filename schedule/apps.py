"""The room `schedule` as a Django application."""

from django.apps import AppConfig


class ScheduleConfig(AppConfig):
    """Lịch công tác."""

    name = "schedule"
    verbose_name = "Lịch công tác"
