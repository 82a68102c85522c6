"""Settings of the portal. One file; every difference between machines comes from the environment.

`.env` beside `manage.py`, if there is one, is read first; `docs/operations.md` explains each name.
A wrong or missing value stops the start with one sentence that names it.
"""

import os
import secrets
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


# --- reading the environment: values are never repeated in a message, they may hold a password --


def _stop(sentence: str) -> NoReturn:
    """Stop the start for a wrong setting, with one sentence and exit status 1."""
    sys.exit(f"The portal cannot start: {sentence}")


def _text(name: str, default: str = "") -> str:
    """Read the environment variable `name` without outer blanks; empty counts as not set."""
    return env.str(name, default="").strip() or default


def _switch(name: str, default: bool) -> bool:
    """Read the environment variable `name` as a switch, 1 or 0."""
    value = _text(name).lower()
    if not value:
        return default
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    _stop(f"{name} must be 1 or 0 (true, yes, on, false, no and off are understood too).")


def _whole(name: str, default: int, least: int, most: int) -> int:
    """Read the environment variable `name` as a whole number from `least` to `most`."""
    value = _text(name, str(default))
    if not (value.isascii() and value.isdecimal() and least <= int(value[:9]) <= most):
        _stop(f"{name} must be a whole number from {least} to {most}.")
    return int(value)


def _address(name: str, default: str, with_path: bool, public: bool = True) -> str:
    """Read the environment variable `name` as an http(s) address without a final slash, or "".

    One that visitors see (`public`) must be https where the site is.
    """
    value = _text(name, default).rstrip("/")
    if not value:
        return ""
    example = "https://stttt.example.gov.vn" + ("/media" if with_path else "")
    try:
        parts = urlsplit(value)
        valid = (
            parts.scheme in ("http", "https")
            and parts.hostname
            and (parts.port or 1)
            and not parts.username
        )
    except ValueError:
        valid = False
    if (
        not valid
        or parts.query
        or parts.fragment
        or (parts.path and not with_path)
        or any(c in value for c in " ;,'\"")
    ):
        _stop(f"{name} must be an address such as {example}.")
    if public and HTTPS and parts.scheme != "https":
        _stop(f"{name} must begin with https:// because PORTAL_HTTPS is on.")
    return value


def _parsed(
    name: str, default: str, parse: Callable[[str], dict[str, Any]], schemes: Sequence[str]
) -> dict[str, Any]:
    """Read the environment variable `name` as a URL of one of the `schemes`, by `parse`."""
    value = _text(name, default)
    expected = " or ".join(f"{scheme}://…" for scheme in schemes)
    if value.partition("://")[0] not in schemes or "://" not in value:
        _stop(f"{name} must be an address of the form {expected}.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return parse(value)
    except (ValueError, ImproperlyConfigured, Warning):
        _stop(f"{name} cannot be read as an address of the form {expected}.")


# --- state: everything that is written lies in one folder ---------------------------------------


def _data_dir() -> Path:
    """Return the setting of the data folder, made on first use; stop where it is not writable."""
    path = Path(_text("PORTAL_DATA_DIR", str(BASE_DIR / "var"))).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _stop(f"PORTAL_DATA_DIR: the folder {path} cannot be made ({error.strerror}).")
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        _stop(f"PORTAL_DATA_DIR: the folder {path} is not writable for this user.")
    return path


def _folder(name: str) -> Path:
    """Return the folder `name` of the setting's data folder, made on first use."""
    path = DATA_DIR / name
    try:
        path.mkdir(mode=0o750, exist_ok=True)
    except OSError as error:
        _stop(f"PORTAL_DATA_DIR: the folder {path} cannot be made ({error.strerror}).")
    return path


def _secret_key() -> str:
    """Return the setting SECRET_KEY from the data folder, made on first use, for its owner only."""
    path = DATA_DIR / "secret-key.txt"
    try:
        if not path.exists():
            draft = DATA_DIR / f"secret-key.{os.getpid()}.tmp"
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(64), encoding="ascii")
            try:
                os.link(draft, path)  # of two processes that start together, one wins whole
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        key = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        _stop(f"SECRET_KEY is not set and {path} cannot be read or made.")
    if len(key) < 50:
        _stop(f"SECRET_KEY: {path} is damaged; remove it and a new key is made (all logins end).")
    return key


DATA_DIR = _data_dir()
DEBUG = _switch("DEBUG", default=False)
HTTPS = _switch("PORTAL_HTTPS", default=False)
SECRET_KEY = _text("SECRET_KEY") or _secret_key()
if HTTPS and len(SECRET_KEY) < 50:
    _stop(
        "SECRET_KEY must have at least 50 characters; "
        "leave it empty and the portal makes a good one itself."
    )
PORT = _whole("PORT", 8000, 1, 65_535)
WORKERS = _whole("WEB_CONCURRENCY", 2, 1, 64)
SITE_URL = _address(
    "SITE_URL", f"{'https' if HTTPS else 'http'}://127.0.0.1:{PORT}", with_path=False
)
ALLOWED_HOSTS = [
    host.strip()
    for host in _text("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
    if host.strip()
]
if any(
    set("/ @?#") & set(host) or (":" in host and not host.startswith("[")) for host in ALLOWED_HOSTS
):
    _stop(
        "ALLOWED_HOSTS must be host names separated by commas, without https:// and without a port."
    )
_own_host = urlsplit(SITE_URL).hostname
# Whoever names the site means it to answer.
ALLOWED_HOSTS.append(f"[{_own_host}]" if ":" in _own_host else _own_host)

# --- what the portal is made of -----------------------------------------------------------------
INSTALLED_APPS = [
    "portal",
    "portal.pages",
    "portal.links",
    "portal.search",
    "news",
    "documents",
    "schedule",
    "taggit",
    "ckeditor",
    "axes",
    "csp",
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",  # for its templates
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.web.middleware.Threshold",
    "portal.web.middleware.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "portal.web.middleware.SignedIn",
    "portal.web.middleware.Messages",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "portal.web.compact.TemplateLoader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.pages.context.site",
            ],
            "builtins": ["portal.templatetags.wording"],
        },
    }
]

# --- database and cache -------------------------------------------------------------------------
if _text("DATABASE_URL"):
    _database = _parsed("DATABASE_URL", "", env.db_url_config, ["postgres", "postgresql", "sqlite"])
else:
    _database = {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "portal.sqlite3"}
if not _database["NAME"]:
    _stop(
        "DATABASE_URL names no database; it looks like postgres://user:password@host:5432/portal."
    )
DATABASES = {"default": _database}
if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA cache_size=-32000;",
    }
else:
    _database.setdefault("CONN_HEALTH_CHECKS", True)
    _database["OPTIONS"] = {"connect_timeout": 10} | _database.get("OPTIONS", {})
# A connection for each request costs more than most of our queries.
_database.setdefault("CONN_MAX_AGE", 600)
CACHES = {
    "default": _parsed(
        "CACHE_URL",
        "locmemcache://",
        env.cache_url_config,
        ["redis", "rediss", "locmemcache", "dummycache"],
    )
}

# In each process (portal.cache.pages).
PAGE_STORE_BYTES = _whole("PAGE_STORE_MB", 32, 0, 4_096) * 1024 * 1024

# --- language: Vietnamese on every screen -------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt")]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["portal.formats"]

# --- files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
# Where else /media/ of this portal is served from.
MEDIA_URL_BASE = _address("MEDIA_URL_BASE", "", with_path=True)
MEDIA_URL = f"{MEDIA_URL_BASE or '/media'}/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "attachments": {
        "BACKEND": "portal.uploads.storage.WholeFiles",
        "OPTIONS": {"location": DATA_DIR / "attachments", "base_url": None},
    },
    "staticfiles": {"BACKEND": "portal.web.compact.StaticFiles"},
}
if _text("MEDIA_S3_BUCKET"):
    if find_spec("storages") is None or find_spec("boto3") is None:
        _stop(
            "MEDIA_S3_BUCKET is set, which needs two more packages: "
            "install django-storages and boto3 into .venv."
        )
    _bucket = {
        "bucket_name": _text("MEDIA_S3_BUCKET"),
        "endpoint_url": _address("MEDIA_S3_ENDPOINT", "", with_path=True, public=False) or None,
        "region_name": _text("MEDIA_S3_REGION") or None,
        "access_key": _text("MEDIA_S3_ACCESS_KEY") or None,
        "secret_key": _text("MEDIA_S3_SECRET_KEY") or None,
        "default_acl": None,
        "querystring_auth": True,
        "file_overwrite": False,
    }
    for _store, _folder in (("default", "media"), ("attachments", "attachments")):
        STORAGES[_store] = {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": _bucket | {"location": _folder},
        }


def _static_headers(headers: dict[str, str], path: str, url: str) -> None:
    """Forbid scripts in static files opened as pages: the editor's package brings such pages."""
    headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


WHITENOISE_KEEP_ONLY_HASHED_FILES = False
WHITENOISE_ADD_HEADERS_FUNCTION = _static_headers
#: Left out by `prepare` when it collects static files (the first start takes half as long): pages
#: and tests of packages, languages other than English and Vietnamese, unused parts of the editor.
STATIC_IGNORE = [
    "*.html", "*.htm", "*.md", "samples", "tests", "file-icons", "galleriffic",
    "bender-runner.config.json", "moono", "*_ie*.css", "ckeditor/*/lang/[!ev]*",
    "ckeditor/*/lang/e[!n]*", "ckeditor/*/lang/en-*", "admin/js/vendor/select2/i18n/[!ev]*",
    "adobeair", "bbcode", "codesnippet*", "devtools", "docprops", "exportpdf", "flash", "mathjax",
    "scayt", "smiley", "uicolor", "wsc",
]  # fmt: skip
ATTACHMENT_MAX_BYTES = _whole("ATTACHMENT_MAX_MB", 50, 1, 2_000) * 1024 * 1024
ATTACHMENT_MAX_PARTS = _whole("ATTACHMENT_MAX_PARTS", 1_000, 10, 100_000)
ATTACHMENT_MAX_UNPACKED_BYTES = _whole("ATTACHMENT_MAX_UNPACKED_MB", 200, 1, 10_000) * 1024 * 1024
ATTACHMENT_MAX_RATIO = _whole("ATTACHMENT_MAX_RATIO", 100, 2, 10_000)
ATTACHMENT_CHECK_SECONDS = _whole("ATTACHMENT_CHECK_SECONDS", 4, 1, 600)
ATTACHMENT_CHECK_BYTES = _whole("ATTACHMENT_CHECK_MB", 256, 64, 16_000) * 1024 * 1024
ATTACHMENT_KEEP_DAYS = _whole("ATTACHMENT_KEEP_DAYS", 30, 1, 3_650)
CLAMAV_SOCKET = _text("CLAMAV_SOCKET")
CLAMAV_SECONDS = _whole("CLAMAV_SECONDS", 20, 1, 600)
PICTURE_MAX_BYTES = 10 * 1024 * 1024
PICTURE_MAX_PIXELS = 40_000_000
FILE_UPLOAD_PERMISSIONS = 0o640
# Beside the attachments, so that what a killed server left behind is found and removed.
FILE_UPLOAD_TEMP_DIR = _folder("uploads")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# --- the editor of formatted text: swap the editor by this one line -----------------------------
RICHTEXT_WIDGET = "portal.richtext.ckeditor.CKEditor"
TAGGIT_TAGS_FROM_STRING = "news.models.tags_from_text"
TAGGIT_STRING_FROM_TAGS = "news.models.text_of_tags"
SILENCED_SYSTEM_CHECKS = ["ckeditor.W001"]  # docs/decisions: why CKEditor 4 is safe here

# --- who may come in ----------------------------------------------------------------------------
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "admin/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- headers ------------------------------------------------------------------------------------
_media_origin = ["{0.scheme}://{0.netloc}".format(urlsplit(MEDIA_URL_BASE))] * bool(MEDIA_URL_BASE)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, *_media_origin],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "portal.views.forbidden"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    # Asked by watchdogs on the machine itself, behind the proxy.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- mail and logs ------------------------------------------------------------------------------
_mail = _parsed(
    "EMAIL_URL",
    "consolemail://",
    env.email_url_config,
    ["smtp", "smtp+tls", "smtp+ssl", "consolemail"],
)
if _mail["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not _mail["EMAIL_HOST"]:
    _stop(
        "EMAIL_URL names no mail server; "
        "it looks like smtp+tls://user:password@mail.example.gov.vn:587."
    )
_mail = {name: value for name, value in _mail.items() if name.startswith("EMAIL_")}
vars().update((name, value) for name, value in _mail.items() if value is not None)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        # robots that ask for other names all day are answered with 400 and are nobody's news
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
    },
}

# --- only for `make dev`: the toolbar must never reach a server that others can see -------------
DEBUG_TOOLBAR = DEBUG and "runserver" in sys.argv and find_spec("debug_toolbar") is not None
if DEBUG_TOOLBAR:
    INSTALLED_APPS.append("debug_toolbar")
    MIDDLEWARE.insert(
        MIDDLEWARE.index("csp.middleware.CSPMiddleware"),
        "debug_toolbar.middleware.DebugToolbarMiddleware",
    )
    INTERNAL_IPS = ["127.0.0.1", "::1"]
