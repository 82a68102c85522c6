"""Addresses below /lich-cong-tac/."""

from django.urls import path

from schedule import calendars, views

app_name = "schedule"
urlpatterns = [
    path("", views.this_week, name="this-week"),
    path("lich.ics", calendars.subscription, name="calendar"),
    path("<str:day>/", views.week, name="week"),
]
