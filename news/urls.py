"""Addresses below /tin-tuc/."""

from django.urls import path

from news import feeds, views

app_name = "news"
urlpatterns = [
    path("", views.ArticleList.as_view(), name="list"),
    path("rss.xml", feeds.ArticleRss(), name="rss"),
    path("atom.xml", feeds.ArticleAtom(), name="atom"),
    path("feed.json", feeds.ArticleJson(), name="json"),
    path("<slug:slug>/", views.ArticleDetail.as_view(), name="detail"),
]
