"""Our Vietnamese translations are compiled as written, and come before those of Django."""

import gettext
import re

from django.conf import settings
from django.utils.translation import ngettext

FOLDER = settings.BASE_DIR / "portal" / "locale" / "vi" / "LC_MESSAGES"


def test_compiled_words_are_those_written():
    source = (FOLDER / "django.po").read_text(encoding="utf-8")
    written = dict(
        re.findall(r'^msgid "(.+)"\n(?:msgid_plural .*\n)?msgstr(?:\[0\])? "(.+)"$', source, re.M)
    )
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    used = {
        key[0] if isinstance(key, tuple) else key: words for key, words in compiled.items() if key
    }
    assert used == written, "compile again: msgfmt -o django.mo django.po"


def test_house_words_stand_above_djangos():
    said = ngettext("Please correct the error below.", "Please correct the errors below.", 2)
    assert said.startswith("Chưa lưu được")
