"""Fixtures shared by all rooms: a clean cache, the portal as a running site, Chromium; failures."""

import os
import shutil
from types import SimpleNamespace
from urllib.parse import urlsplit

import environ
import psycopg2
import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from django.template import Template
from django.test.signals import template_rendered

from tests.support.serving import Portal

OURS = os.environ.get("DATABASE_URL", "")
CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
#: Rooms whose tests need no database, but for those that ask for one.
PURE = (
    "tests/house/",
    "tests/portal/extraction/",
    "tests/portal/sandbox/",
    "tests/portal/text/",
    "tests/portal/uploads/",
    "tests/documents/recognition/",
    "tests/site/test_pins.py",
    "tests/site/test_templates_form.py",
)
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # Chromium refuses to run as root otherwise; it sees our own pages only
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class FailuresAtOnce:
    """Write a line for each failure when it happens: `run.py` passes it on from any lane."""

    def __init__(self, terminal):
        self.terminal = terminal

    def pytest_runtest_logreport(self, report):
        """Write the line, with the first line of the message."""
        if not report.failed:
            return
        word = "FAILED" if report.when == "call" else "ERROR"
        crash = getattr(report.longrepr, "reprcrash", None)
        message = crash.message.partition("\n")[0] if crash else ""
        self.terminal.ensure_newline()
        self.terminal.write_line(f"{word} {report.nodeid} - {message}"[:300])


def pytest_sessionstart(session):
    """Show failures at once in a run of `make check` or `make test`."""
    config = session.config
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal and "PORTAL_TEST_RUN" in os.environ and not hasattr(config, "workerinput"):
        config.pluginmanager.register(FailuresAtOnce(terminal))


def pytest_collection_modifyitems(config, items):
    """Leave out on PostgreSQL what is marked `once`, and what is known to ask no database."""
    if not OURS.startswith("postgres"):
        return
    left_out = [item for item in items if item.get_closest_marker("once") or is_apart(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def is_apart(item):
    """Return whether a test of a pure room asks no database."""
    return item.nodeid.startswith(PURE) and not (
        item.get_closest_marker("django_db") or {"db", "database"} & set(item.fixturenames)
    )


@pytest.fixture(scope="session", autouse=True)
def _lean_rendering(django_test_environment):
    """Note the context of whole pages only: a copy for each widget took a sixth of the time."""

    def render(self, context):
        if context.template is self and not (self.name or "").startswith("django/forms/"):
            template_rendered.send(sender=self, template=self, context=context)
        return self.nodelist.render(context)

    Template._render = render


@pytest.fixture(autouse=True)
def _clean_cache():
    cache.clear()


@pytest.fixture
def own_stores(settings, tmp_path, monkeypatch):
    """Attachments, pictures and uploads in folders below this test's `tmp_path`."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    store = storages["attachments"]
    for name in ("base_location", "location"):
        assert getattr(store, name)  # kept by Django from the first look on
        monkeypatch.setitem(store.__dict__, name, str(tmp_path / "attachments"))


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The portal with its sample content, served as `make run` serves it (SQLite)."""
    portal = Portal(tmp_path_factory.mktemp("site") / "var", WEB_CONCURRENCY=1).start()
    yield portal
    portal.stop()


@pytest.fixture(scope="module")
def database():
    """A function: the DATABASE_URL of a new, empty database; "" for SQLite in the data folder."""
    if not OURS.startswith("postgres"):
        yield lambda: ""
        return
    made = []

    def run(sql):
        settings = environ.Env.db_url_config(OURS)
        names = {
            "dbname": "NAME",
            "user": "USER",
            "password": "PASSWORD",
            "host": "HOST",
            "port": "PORT",
        }
        connection = psycopg2.connect(
            **{name: settings[key] for name, key in names.items() if settings[key]}
        )
        connection.autocommit = True
        connection.cursor().execute(sql)
        connection.close()

    def make():
        name = f"portal_served_{os.getpid()}_{len(made)}"
        run(f"CREATE DATABASE {name}")
        made.append(name)
        return OURS.rpartition("/")[0] + "/" + name

    yield make
    for name in made:
        run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def chromium():
    """The machine's Chromium, driven by playwright; without one, skip, or fail with CI=true."""
    path = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if path is None:
        pytest.fail("Chromium is not installed") if CI else pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    # playwright keeps an event loop in this thread, which Django takes for asynchronous code
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(site, chromium):
    """A function that gives a new page of Chromium.

    Addresses may be given without the host. `page.problems` gathers script errors, refusals by the
    content security policy, and requests to any other site; a test that does not look passes.
    """
    contexts = []

    def open_one(width=1280, height=900, scheme="light", staff=False, javascript=True, **options):
        context = chromium.new_context(
            base_url=site.url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=javascript,
            storage_state=_staff_state(site, chromium) if staff else None,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(f"script error: {error}"))
        page.on(
            "console",
            lambda message: (
                message.type == "error" and page.problems.append(f"console: {message.text}")
            ),
        )
        page.on("request", lambda request: _note_foreign(site, request, page.problems))
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page):
    """A page at 1280 × 900, light."""
    return open_page()


@pytest.fixture
def staff_page(open_page):
    """A page at 1280 × 900 on which the first administrator is logged in."""
    return open_page(staff=True)


def _note_foreign(site, request, problems):
    parts = urlsplit(request.url)
    if parts.scheme in ("http", "https") and parts.netloc != urlsplit(site.url).netloc:
        problems.append(f"request to another site: {request.url}")


_states = SimpleNamespace(staff=None)


def _staff_state(site, chromium):
    """Return the cookies of a logged-in administrator; logs in once per run."""
    if _states.staff is None:
        context = chromium.new_context(base_url=site.url)
        page = context.new_page()
        page.goto("/quan-tri/login/")
        page.fill("input[name=username]", "admin")
        page.fill("input[name=password]", site.password)
        page.click("[type=submit]")
        page.wait_for_url(lambda url: "login" not in url)
        _states.staff = context.storage_state()
        context.close()
    return _states.staff
