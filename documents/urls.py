"""Addresses below /van-ban/."""

from django.urls import path

from documents.models import Family
from documents.views import feeds, reader, register

app_name = "documents"
urlpatterns = [
    path("", register.DocumentList.as_view(), name="list"),
    *[
        path(
            f"{family.value}/",
            register.DocumentList.as_view(family=family.value),
            name=family.value,
        )
        for family in Family
    ],
    path("so/", register.by_number, name="by-number"),
    path("rss.xml", feeds.DocumentRss(), name="rss"),
    path("atom.xml", feeds.DocumentAtom(), name="atom"),
    path("feed.json", feeds.DocumentJson(), name="json"),
    path("<slug:slug>/", register.DocumentDetail.as_view(), name="detail"),
    path("<slug:slug>/tep/<int:pk>/", register.download),
    path("<slug:slug>/tep/<int:pk>/doc/", reader.read, name="read"),
    path("<slug:slug>/tep/<int:pk>/doc/<int:page>/", reader.read, name="read-from"),
    path(
        "<slug:slug>/tep/<int:pk>/trang/<int:page>-<int:width>.webp",
        reader.picture,
        name="page-picture",
    ),
    path("<slug:slug>/tep/<int:pk>/<str:name>", register.download, name="download"),
]
