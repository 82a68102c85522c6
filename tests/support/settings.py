"""The portal's settings for tests: nothing of the machine's environment, a passing data folder."""

import atexit
import os
import shutil
import tempfile

from tests.support.serving import NAMES

_data = tempfile.mkdtemp(prefix="portal-tests-")
atexit.register(shutil.rmtree, _data, ignore_errors=True)
for _name in NAMES - {"DATABASE_URL"}:
    os.environ[_name] = ""  # empty counts as not set, and keeps a developer's .env out
os.environ.setdefault("DATABASE_URL", "")
os.environ["PORTAL_DATA_DIR"] = _data
os.mkdir(os.path.join(_data, "static"))  # whitenoise looks for it

from portal.settings import *  # noqa: E402, F403
from portal.settings import STORAGES  # noqa: E402

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"
]  # the real one is slow on purpose
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
