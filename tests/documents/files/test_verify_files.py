"""`verify_files` names missing, changed, orphaned files; `collect_files` deletes or takes back."""

import io
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from documents.files import housekeeping
from documents.files.models import Attachment, LeftFile, attachment_storage
from portal.publishing.states import State
from tests.support import make
from tests.support.world import stored_picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_stores")]


def verify(terminal=False):
    """Run the command; return (exit status, what it wrote)."""
    out = io.StringIO()
    out.isatty = lambda: terminal
    try:
        call_command("verify_files", stdout=out)
    except SystemExit as ended:
        return ended.code, out.getvalue()
    return 0, out.getvalue()


def collect(days=0):
    """Collect as it will be in `days` days; return the counts."""
    return housekeeping.collect(timezone.now() + timedelta(days=days))


def on_disk(attachment):
    """Return the Path of the stored file of `attachment`."""
    return Path(attachment.file.path)


# --- verify_files ---


def test_whole_store_is_one_line_and_status_0():
    make.attachment()
    make.attachment()
    assert verify() == (
        0,
        "2 files verified: 0 missing, 0 changed, 0 orphaned; "
        "0 left and not yet collected, 0 pictures in no page.\n",
    )


def test_empty_store_is_fine():
    assert verify()[0] == 0


@pytest.mark.parametrize("state", [State.PUBLISHED, State.DRAFT])
def test_missing_and_changed_files_are_named_with_their_page(state):
    lost, changed, whole = (make.attachment(make.document(state=state)) for _ in range(3))
    on_disk(lost).unlink()
    data = bytearray(on_disk(changed).read_bytes())
    data[20] ^= 1
    on_disk(changed).write_bytes(data)
    status, told = verify()
    assert status == 1
    hidden = "" if state == State.PUBLISHED else " (Bản nháp)"
    for problem, attachment in (("missing", lost), ("changed", changed)):
        page = f"{configured.SITE_URL}{attachment.document.get_absolute_url()}{hidden}"
        assert f"{problem}: {attachment.file.name}   {page}\n" in told
    assert whole.file.name not in told
    assert "3 files verified: 1 missing, 1 changed, 0 orphaned" in told


def test_file_that_nobody_left_is_an_orphan_until_it_is_in_care():
    name = attachment_storage().save("van-ban/2018/12/x.pdf", ContentFile(b"x"))
    status, told = verify()
    assert status == 1 and f"orphaned: {name}" in told
    collect()
    status, told = verify()
    assert status == 0 and "0 orphaned; 1 left" in told


def test_deleted_file_is_no_fault():
    make.attachment().delete()
    status, told = verify()
    assert status == 0 and "0 orphaned; 1 left and not yet collected" in told


def test_picture_that_a_page_shows_and_that_is_lost_is_named():
    article = make.article(body=f'<p>x</p><img src="/media/{stored_picture()}" alt="ảnh">')
    stored_picture()
    assert (
        "1 files verified: 0 missing, 0 changed, 0 orphaned; "
        "0 left and not yet collected, 1 pictures in no page" in verify()[1]
    )
    name = type(article)._meta.get_field("body").picture_names(article.body).pop()
    default_storage.delete(name)
    status, told = verify()
    assert status == 1
    assert f"missing: {name}   {configured.SITE_URL}{article.get_absolute_url()}\n" in told


def test_bar_is_shown_on_a_terminal_only():
    make.attachment()
    assert "█" in verify(terminal=True)[1]
    assert "\r" not in verify()[1]


def test_verifying_takes_as_many_queries_for_three_files_as_for_one():
    counts = []
    for _ in range(2):
        for _ in range(1 + len(counts)):
            make.attachment()
        with CaptureQueriesContext(connection) as found:
            verify()
        counts.append(len(found))
    assert counts[0] == counts[1]


# --- collect_files ---


def test_deleted_file_stays_for_its_days_and_then_goes(settings):
    settings.ATTACHMENT_KEEP_DAYS = 10
    kept, gone = make.attachment(), make.attachment()
    path = on_disk(gone)
    gone.delete()
    assert collect(9)["removed"] == 0 and path.exists()
    assert collect(11)["removed"] == 1 and not path.exists()
    assert on_disk(kept).exists()
    assert not LeftFile.objects.exists()


def test_file_whose_row_comes_back_is_taken_back(settings):
    settings.ATTACHMENT_KEEP_DAYS = 10
    attachment = make.attachment()
    values = {
        "file": attachment.file.name,
        "original_name": "a.pdf",
        "sha256": attachment.sha256,
        "size": attachment.size,
    }
    document = attachment.document
    attachment.delete()
    back = Attachment.objects.create(document=document, **values)
    assert collect(11) == {
        "given up": 0,
        "noted": 0,
        "taken back": 1,
        "removed": 0,
        "unfinished": 0,
    }
    assert on_disk(back).exists() and not LeftFile.objects.exists()
    assert verify()[0] == 0


def test_days_of_a_file_that_came_back_begin_anew(settings):
    settings.ATTACHMENT_KEEP_DAYS = 10
    attachment = make.attachment()
    old = timezone.now() - timedelta(days=30)
    LeftFile.objects.create(name=attachment.file.name, left_at=old)
    attachment.delete()
    assert collect()["removed"] == 0


def test_what_was_rolled_back_is_noted_first_and_removed_later(settings):
    settings.ATTACHMENT_KEEP_DAYS = 10
    name = attachment_storage().save("van-ban/2018/12/x.pdf", ContentFile(b"x"))
    assert collect()["noted"] == 1
    assert collect(9)["removed"] == 0 and attachment_storage().exists(name)
    assert collect(11)["removed"] == 1 and not attachment_storage().exists(name)


def test_unfinished_files_go_after_an_hour():
    folder = Path(attachment_storage().location) / "van-ban"
    folder.mkdir(parents=True)
    fresh = [folder / ".a.pdf.part", configured.FILE_UPLOAD_TEMP_DIR / "a.upload.pdf"]
    stale = [folder / ".b.pdf.part", configured.FILE_UPLOAD_TEMP_DIR / "b.upload.pdf"]
    for path in fresh + stale:
        path.write_bytes(b"x")
    for path in stale:
        os.utime(path, (time.time() - 4000,) * 2)
    assert collect()["unfinished"] == 2
    assert all(path.exists() for path in fresh) and not any(path.exists() for path in stale)
    assert verify()[0] == 0  # an upload under way is no orphan


def test_command_says_what_it_did_and_nothing_where_nothing_was_to_do(capsys):
    call_command("collect_files")
    assert capsys.readouterr().out == ""
    attachment_storage().save("van-ban/2018/12/x.pdf", ContentFile(b"x"))
    call_command("collect_files")
    assert (
        capsys.readouterr().out
        == "collect_files: 0 given up, 1 noted, 0 taken back, 0 removed, 0 unfinished\n"
    )
