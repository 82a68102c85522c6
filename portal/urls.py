"""Root URLconf: which address leads to which view."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from news import feeds as news_feeds
from news.views import CategoryList, TagList
from portal import sitemaps, views
from portal.links.views import link_list
from portal.pages.views import PageDetail
from portal.pictures.views import picture
from portal.search.views import results, suggest

urlpatterns = [
    path("", views.home, name="home"),
    path("tin-tuc/", include("news.urls")),
    path("chuyen-muc/<slug:slug>/", CategoryList.as_view(), name="category"),
    path("chuyen-muc/<slug:slug>/rss.xml", news_feeds.ArticleRss(), name="category-rss"),
    path("chuyen-muc/<slug:slug>/atom.xml", news_feeds.ArticleAtom(), name="category-atom"),
    path("chuyen-muc/<slug:slug>/feed.json", news_feeds.ArticleJson(), name="category-json"),
    path("the/<slug:slug>/", TagList.as_view(), name="tag"),
    path("van-ban/", include("documents.urls")),
    path("lich-cong-tac/", include("schedule.urls")),
    path("lien-ket/", link_list, name="links"),
    path("tim-kiem/", results, name="search"),
    path("tim-kiem/goi-y/", suggest, name="search-suggestions"),
    path("so-do/", views.site_map, name="site-map"),
    path("sitemap.xml", sitemaps.sitemap_index, name="sitemap"),
    path("sitemap-<str:section>.xml", sitemaps.sitemap_section, name="sitemap-section"),
    path("robots.txt", views.robots, name="robots"),
    path("opensearch.xml", views.opensearch, name="opensearch"),
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
    path("healthz", views.health, name="health"),
    path("media/anh/<path:name>", picture, name="picture"),
    path("quan-tri/", admin.site.urls),
    path("<slug:slug>/", PageDetail.as_view(), name="page"),
]

if settings.DEBUG_TOOLBAR:
    from debug_toolbar.toolbar import debug_toolbar_urls

    urlpatterns = [*debug_toolbar_urls(), *urlpatterns]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
