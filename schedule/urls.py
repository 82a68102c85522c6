"""Addresses below /lich-cong-tac/."""

from django.urls import path

from schedule.views import calendar_feed, week

app_name = "schedule"
urlpatterns = [
    path("", week.this_week, name="this-week"),
    path("lich.ics", calendar_feed.subscription, name="calendar"),
    path("<str:day>/", week.week, name="week"),
]
