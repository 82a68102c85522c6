"""A wrong value in the environment stops the start with a sentence that names the variable."""

import subprocess
import sys

import pytest
from django.test import Client

from tests.support.serving import ROOT, environment, manage


def start(tmp_path, code="import portal.settings", **values):
    """Run `code` in a new Python with the settings under `values`; return the process."""
    values = {"PORTAL_DATA_DIR": tmp_path / "var", **values}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(**values),
        capture_output=True,
        text=True,
    )


def value_of(tmp_path, expression, **values):
    """Return what `expression` (str) over the settings `s` prints under `values`."""
    done = start(tmp_path, f"import portal.settings as s; print(({expression}))", **values)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://root@127.0.0.1/portal"),
        ("DATABASE_URL", "postgres://user:secret-word@127.0.0.1:5432"),
        ("DATABASE_URL", "postgres://user:secret-word@127.0.0.1:port/portal"),
        ("DEBUG", "maybe"),
        ("PORTAL_HTTPS", "maybe"),
        ("CACHE_URL", "foo://"),
        ("CACHE_URL", "redis"),
        ("EMAIL_URL", "bad"),
        ("EMAIL_URL", "smtp://:587"),
        ("SITE_URL", "abc"),
        ("SITE_URL", "ftp://example.gov.vn"),
        ("SITE_URL", "https://example.gov.vn/portal"),
        ("SITE_URL", "https://example.gov.vn:port"),
        ("MEDIA_URL_BASE", "media.example.gov.vn"),
        ("MEDIA_URL_BASE", "https://media.example.gov.vn; script-src *"),
        ("MEDIA_S3_BUCKET", "portal"),
        ("ALLOWED_HOSTS", "https://example.gov.vn"),
        ("ALLOWED_HOSTS", "example.gov.vn:8000"),
        ("WEB_CONCURRENCY", "0"),
        ("WEB_CONCURRENCY", "many"),
        ("WEB_CONCURRENCY", "-1"),
        ("WEB_CONCURRENCY", "9" * 30),
        ("PORT", "70000"),
        ("PORT", "http"),
        ("ATTACHMENT_MAX_MB", "big"),
        ("PORTAL_DATA_DIR", "/dev/null/var"),
    ],
)
def test_wrong_value_stops_with_one_sentence(tmp_path, name, value):
    done = start(tmp_path, **{name: value})
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert name in done.stderr
    assert "secret-word" not in done.stderr


@pytest.mark.parametrize("command", ["check", "migrate", "serve", "prepare"])
def test_wrong_value_stops_each_command_alike(tmp_path, command):
    done = manage(command, PORTAL_DATA_DIR=tmp_path / "var", DEBUG="maybe")
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "The portal cannot start: DEBUG must be 1 or 0 "
        "(true, yes, on, false, no and off are understood too)."
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgres://nobody@127.0.0.1:1/portal"),
        ("CACHE_URL", "redis://127.0.0.1:1/0"),
    ],
)
def test_service_that_does_not_answer_is_named(tmp_path, name, value):
    done = manage("prepare", PORTAL_DATA_DIR=tmp_path / "var", **{name: value})
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert name in done.stderr


def test_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "var").write_text("a file where the folder should be")
    done = start(tmp_path)
    assert done.returncode == 1
    assert "PORTAL_DATA_DIR" in done.stderr
    assert "Traceback" not in done.stderr


def test_https_needs_https_addresses_and_a_long_key(tmp_path):
    assert "SITE_URL" in start(tmp_path, PORTAL_HTTPS=1, SITE_URL="http://example.gov.vn").stderr
    assert (
        "MEDIA_URL_BASE"
        in start(tmp_path, PORTAL_HTTPS=1, MEDIA_URL_BASE="http://example.gov.vn").stderr
    )
    assert "SECRET_KEY" in start(tmp_path, PORTAL_HTTPS=1, SECRET_KEY="short").stderr
    assert start(tmp_path, PORTAL_HTTPS=1).returncode == 0


@pytest.mark.slow
def test_deployment_check_is_clean_under_https(tmp_path):
    values = {
        "PORTAL_DATA_DIR": tmp_path / "var",
        "PORTAL_HTTPS": 1,
        "SITE_URL": "https://example.gov.vn",
    }
    done = manage("check", "--deploy", "--fail-level", "WARNING", **values)
    assert done.returncode == 0, done.stderr


def test_empty_values_count_as_not_set(tmp_path):
    assert (
        value_of(tmp_path, "s.DEBUG, s.HTTPS, s.PORT, s.SITE_URL")
        == "(False, False, 8000, 'http://127.0.0.1:8000')"
    )
    assert value_of(tmp_path, "s.DATABASES['default']['NAME']") == str(
        tmp_path / "var" / "portal.sqlite3"
    )


def test_site_url_follows_the_port_and_may_be_visited(tmp_path):
    assert value_of(tmp_path, "s.SITE_URL", PORT=8123) == "http://127.0.0.1:8123"
    hosts = value_of(
        tmp_path, "s.ALLOWED_HOSTS", ALLOWED_HOSTS="a.gov.vn", SITE_URL="https://b.gov.vn"
    )
    assert hosts == "['a.gov.vn', 'b.gov.vn']"


def test_secret_key_is_made_once_for_the_owner_only(tmp_path):
    first = value_of(tmp_path, "s.SECRET_KEY")
    assert value_of(tmp_path, "s.SECRET_KEY") == first
    path = tmp_path / "var" / "secret-key.txt"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir() if p.is_file()] == ["secret-key.txt"]
    path.write_text("")
    assert "SECRET_KEY" in start(tmp_path).stderr


def test_picture_host_is_allowed_by_the_content_security_policy(tmp_path):
    policy = "s.MEDIA_URL, s.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src'][1:]"
    found = value_of(tmp_path, policy, MEDIA_URL_BASE="https://anh.example.gov.vn/media/")
    assert found == "('https://anh.example.gov.vn/media/', ['https://anh.example.gov.vn'])"


def test_postgres_and_redis_addresses_are_understood(tmp_path):
    database = "{k: s.DATABASES['default'][k] for k in ('NAME', 'HOST', 'PASSWORD')}"
    found = value_of(
        tmp_path, database, DATABASE_URL="postgres://portal:a%40b@db.example.gov.vn:5433/portal"
    )
    assert found == "{'NAME': 'portal', 'HOST': 'db.example.gov.vn', 'PASSWORD': 'a@b'}"
    assert (
        value_of(tmp_path, "s.CACHES['default']['LOCATION']", CACHE_URL="redis://127.0.0.1:6379/1")
        == "redis://127.0.0.1:6379/1"
    )


def test_debug_toolbar_is_for_the_development_server_only(tmp_path):
    assert value_of(tmp_path, "s.DEBUG_TOOLBAR", DEBUG=1) == "False"
    code = (
        "import sys; sys.argv = ['manage.py', 'runserver']; "
        "import portal.settings as s; print(s.DEBUG_TOOLBAR)"
    )
    assert start(tmp_path, code, DEBUG=1).stdout.strip() == "True"
    assert start(tmp_path, code).stdout.strip() == "False"


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "127.0.0.1:43210", "localhost:43210"])
def test_login_form_works_on_any_port(host):
    browser = Client(enforce_csrf_checks=True, headers={"host": host, "origin": f"http://{host}"})
    page = browser.get("/quan-tri/login/")
    token = page.context["csrf_token"]
    answer = browser.post(
        "/quan-tri/login/",
        {"username": "nobody", "password": "wrong", "csrfmiddlewaretoken": str(token)},
    )
    assert answer.status_code == 200  # the form again, not 403
    assert (
        Client(enforce_csrf_checks=True)
        .post("/quan-tri/login/", {"username": "nobody"})
        .status_code
        == 403
    )
