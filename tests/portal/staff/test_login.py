"""Who comes in: five wrong passwords lock, no way leads off the site, leaving is a form."""

import pytest
from django.test import Client

from tests.support import make
from tests.support.staff import EDITOR, client_of

pytestmark = pytest.mark.django_db


def log_in(client, name, password="mat-khau-dai-va-kho", **extra):
    """Post the login form."""
    return client.post(
        "/quan-tri/login/" + extra.pop("query", ""),
        {"username": name, "password": password, **extra},
    )


def test_sixth_try_is_refused_even_with_the_right_password():
    known, other = make.user(EDITOR), make.user(EDITOR)
    for _ in range(5):
        last = log_in(Client(), known.username, "sai")
    assert last.status_code == 429
    locked = log_in(Client(), known.username)
    assert locked.status_code == 429
    assert "Tạm khóa đăng nhập" in locked.content.decode()
    assert log_in(Client(), other.username).status_code == 302


@pytest.mark.parametrize(
    "target", ["//evil.example", "https:evil", "/\\evil", "javascript:alert(1)", "\t//evil"]
)
def test_login_never_leads_off_the_site(target):
    known = make.user(EDITOR)
    for client, query, extra in (
        (Client(), f"?next={target}", {}),
        (Client(), "", {"next": target}),
    ):
        response = log_in(client, known.username, query=query, **extra)
        assert (response.status_code, response["Location"]) == (302, "/quan-tri/")


def test_logout_is_a_post_with_a_token():
    client = client_of(EDITOR)
    assert client.get("/quan-tri/logout/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(client.user, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post("/quan-tri/logout/").status_code == 403
