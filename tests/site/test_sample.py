"""load_sample: the sample content is whole, valid, and loaded once or not at all."""

import io
import re
import shutil
import subprocess
import time
import unicodedata
import zipfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from PIL import Image

from documents.files.models import Attachment, Role
from documents.law.relations import Relation, lines_of
from documents.law.validity import Validity
from documents.models import Document, Family
from documents.vocabulary import Agency
from news.models import Article, Category
from portal.links.models import Link, LinkGroup
from portal.management.commands import load_sample
from portal.pages.models import MenuItem, Notice, Page, SiteIdentity
from portal.publishing.public import Public
from portal.publishing.states import Phase
from portal.sample import papers
from schedule.models import Appointment, Change, Week
from schedule.weeks import monday_of
from tests.support import sample_papers

pytestmark = pytest.mark.django_db
SAMPLE_2018 = "giao-ban-tong-ket-cong-tac-thong-tin-va-truyen-thong-cum-2-nam-2018"


def load():
    """Run the command; return its output."""
    out = io.StringIO()
    call_command("load_sample", stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Load once for this module; give the command's output and processor seconds."""
    with django_db_blocker.unblock(), transaction.atomic():
        begun = time.process_time()
        output = load()
        yield output, time.process_time() - begun
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _sample(loaded):
    """Each test sees the sample content, whatever it asks for."""


def empty():
    """Take every row of content away (the test's own transaction brings it back)."""
    for model in (Document, Article, Week, Link, LinkGroup, MenuItem, Notice, SiteIdentity):
        model.objects.all().delete()
    for model in (Category, Page):
        model.objects.filter(parent__isnull=False).delete()
        model.objects.all().delete()


def files():
    """Return the paths of all files in the media and the attachments folders."""
    folders = (Path(settings.MEDIA_ROOT), settings.DATA_DIR / "attachments")
    return {path for folder in folders for path in folder.rglob("*") if path.is_file()}


def rows():
    """Return every row of public content ({model name: values})."""
    models = [model for model in apps.get_models() if issubclass(model, Public)]
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models
    }


# --- loading -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_load_is_fast_and_sums_up_in_vietnamese(loaded):
    output, seconds = loaded
    assert seconds < 15
    assert re.fullmatch(
        r"Đã nạp nội dung mẫu: \d+ tin bài, \d+ văn bản, \d+ tệp, 4 tuần lịch, "
        r"\d+ liên kết, \d+ trang tĩnh\.\n",
        output,
    )


def test_second_run_changes_nothing_and_says_so():
    before, files_before = rows(), files()
    assert (
        load()
        == "Cơ sở dữ liệu đã có nội dung; nội dung mẫu không được nạp, không có gì thay đổi.\n"
    )
    assert rows() == before
    assert files() == files_before


@pytest.mark.slow
@pytest.mark.parametrize("broken", ["load_face", "attach"])
def test_failure_leaves_no_row_and_no_file(monkeypatch, broken):
    empty()
    before, files_before = rows(), files()

    def fail(*args):
        raise OSError("hết dung lượng đĩa")

    monkeypatch.setattr(load_sample.Loader, broken, fail)
    with pytest.raises(CommandError, match="hết dung lượng đĩa"):
        load()
    assert rows() == before
    assert files() == files_before


@pytest.mark.slow
def test_interruption_after_a_file_was_written_takes_the_file_back(monkeypatch):
    empty()
    files_before, save = files(), Attachment.save

    def stop(attachment, *args, **kwargs):
        save(attachment, *args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(Attachment, "save", stop)
    with pytest.raises(KeyboardInterrupt):
        load()
    assert not Document.objects.exists()
    assert files() == files_before


@pytest.mark.slow
def test_load_keeps_what_staff_entered_before():
    empty()
    SiteIdentity.objects.create(name="Sở Thử nghiệm")
    MenuItem.objects.create(title="Trang chủ", path="/")
    Category.objects.create(name="Chuyển đổi số", description="Của ban biên tập")
    load()
    assert SiteIdentity.load().name == "Sở Thử nghiệm"
    assert MenuItem.objects.count() == 1
    assert Category.objects.get(name="Chuyển đổi số").description == "Của ban biên tập"


def test_progress_is_shown_on_a_terminal_only():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    for out, shown in ((Terminal(), True), (io.StringIO(), False)):
        progress = load_sample.Progress(load_sample.Command(stdout=out).stdout)
        progress.total = 1
        progress.step("Văn bản")
        assert ("Văn bản" in out.getvalue()) is shown


# --- what there is -------------------------------------------------------------------------------


def test_counts():
    assert Article.objects.visible().count() >= 15
    for family in Family:
        assert Document.objects.visible().of_family(family).count() >= 18
    assert Document.objects.visible().count() >= 44
    assert Week.objects.visible().count() == 4
    assert Link.objects.visible().count() >= 20
    assert LinkGroup.objects.count() == 4
    assert Page.objects.visible().count() >= 8
    assert Category.objects.filter(parent__isnull=False).exists()


def test_article_of_2018_is_word_for_word_with_five_captioned_pictures():
    article = Article.objects.get(slug=SAMPLE_2018)
    assert article.signature == "Hoàng Thăng Long - Sở TT&TT"
    assert f"{timezone.localtime(article.published_at):%d/%m/%Y %H:%M}" == "03/12/2018 10:10"
    assert article.lead.startswith("Ngày 19/11/2018, Sở TT&TT phối hợp UBND huyện Tân Kỳ")
    assert (
        article.body.count('<figure class="image"><img') == article.body.count("<figcaption>") == 5
    )
    assert (
        len(set(re.findall(r'src="(/media/anh/\d{4}/\d\d/[0-9a-f]{32}\.jpg)"', article.body))) == 5
    )
    assert not re.search(r'alt=""', article.body)
    assert (
        "<figcaption>Đ/c Nguyễn Bá Dương – Chánh Văn phòng Sở TT&amp;TT triển khai "
        "công tác thi đua khen thưởng</figcaption>" in article.body
    )
    assert article.body.endswith("huyện Kỳ Sơn là cụm phó Cụm thi đua số 2./.</p>")


def test_every_phase_of_articles_occurs():
    for phase in Phase:
        assert Article.objects.in_phase(phase).exists(), phase
    assert Article.objects.visible().filter(is_lead=True).count() == 1
    assert Article.objects.visible().filter(is_pinned=True).exists()
    assert Article.objects.visible().exclude(correction="").exists()
    assert (
        Article.objects.visible()
        .filter(published_at__gte=timezone.now() - timedelta(days=7))
        .count()
        >= 3
    )


def test_every_validity_and_kind_of_document_occurs():
    shown = Document.objects.visible()
    for validity in Validity:
        assert shown.with_validity(validity).exists(), validity
    assert shown.filter(number="").exists()
    assert shown.filter(co_agencies__isnull=False).exists()
    assert Relation.objects.filter(target__isnull=True).exclude(target_number="").exists()
    assert set(Relation.objects.values_list("kind", flat=True)) >= {
        "thay-the",
        "sua-doi",
        "can-cu",
        "huong-dan",
        "bai-bo",
    }
    old = Agency.objects.get(name="Bộ Thông tin và Truyền thông")
    assert f"{old.ended_on:%d/%m/%Y}" == "28/02/2025"
    assert old.successor.name == "Bộ Khoa học và Công nghệ"


def test_replaced_document_tells_what_replaces_it():
    lines = lines_of(Document.objects.get(number="43/2011/NĐ-CP"))
    assert [line.number for line in lines if line.words == "Bị thay thế bởi"] == ["42/2022/NĐ-CP"]


def test_weeks_hold_every_kind_of_row():
    monday = monday_of(timezone.localdate())
    assert {week.monday for week in Week.objects.all()} >= {
        monday + timedelta(weeks=n) for n in (-1, 0, 1)
    }
    assert "Tuần 47" in str(Week.objects.get(monday="2018-11-19"))
    rows_of_week = Appointment.objects.filter(week__monday=monday)
    assert set(rows_of_week.values_list("change", flat=True)) == set(Change.values)
    assert all(row.former_time for row in Appointment.objects.filter(change=Change.POSTPONED))
    assert rows_of_week.filter(is_internal=True).exists()
    assert rows_of_week.filter(is_approved=False).exists()
    assert rows_of_week.filter(starts_at__isnull=True).exists()
    assert any(row.day.weekday() > 4 for row in rows_of_week)
    assert len({row.day for row in rows_of_week}) < 7
    for week in Week.objects.all():
        assert 10 <= week.appointments.count() <= 16


def test_everything_is_valid_and_in_nfc():
    for model in (
        Article,
        Document,
        Relation,
        Week,
        Appointment,
        Link,
        Page,
        MenuItem,
        Notice,
        Category,
    ):
        for item in model.objects.all():
            item.full_clean(exclude=["picture", "logo"])
            for field in item._meta.concrete_fields:
                value = getattr(item, field.attname)
                assert not isinstance(value, str) or value == unicodedata.normalize("NFC", value)


def test_no_notice_is_shown_by_default():
    assert Notice.objects.exists()
    assert not Notice.objects.visible().exists()


# --- files ---------------------------------------------------------------------------------------


def test_every_document_has_files_that_open():
    for document in Document.objects.prefetch_related("attachments"):
        attachments = document.attachments.all()
        assert attachments, document
        for attachment in attachments:
            with attachment.file.open("rb") as file:
                content = file.read()
            assert len(content) == attachment.size
            assert attachment.original_name == unicodedata.normalize(
                "NFC", attachment.original_name
            )
            if attachment.role == Role.SIGNED:
                assert content.startswith(b"%PDF-") and len(content) < 45_000
            else:
                with zipfile.ZipFile(io.BytesIO(content)) as package:
                    assert package.testzip() is None
                    words = "".join(
                        ElementTree.fromstring(package.read("word/document.xml")).itertext()
                    )
                assert papers.SAMPLE_LINE in words
                assert document.number in words
    assert Attachment.objects.filter(role=Role.SIGNED).count() >= 12
    assert Attachment.objects.filter(original_name="Thông tư 32-2017-TT-BTTTT.pdf").exists()


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
def test_pdfs_have_a_text_layer():
    for path in (papers.FOLDER / "pdf").glob("*.pdf"):
        text = subprocess.run(
            ["pdftotext", path, "-"], capture_output=True, check=True
        ).stdout.decode()
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
        assert papers.SAMPLE_LINE in " ".join(text.split())


def test_pictures_are_small_and_of_one_size():
    pictures = list((papers.FOLDER / "pictures").iterdir())
    assert len(pictures) == 12
    for path in pictures:
        assert path.stat().st_size <= 60_000, path
        assert Image.open(path).size == (960, 540)
    assert sum(path.stat().st_size for path in pictures) <= 600_000


def test_word_papers_say_what_the_facts_and_texts_say():
    for facts in sample_papers.sample_papers():
        with zipfile.ZipFile(papers.FOLDER / "docx" / f"{facts['name']}.docx") as package:
            parts = {name: package.read(name).decode() for name in package.namelist()}
        assert parts == sample_papers.word_parts(facts), facts["name"]


def test_every_data_file_is_used():
    documents = papers.read_documents()["documents"]
    names = {facts["name"] for facts in documents}
    assert {path.stem for path in (papers.FOLDER / "texts").iterdir()} <= names
    assert {path.stem for path in (papers.FOLDER / "docx").iterdir()} == names
    marked = {facts["name"] for facts in documents if facts.get("pdf")}
    assert {path.stem for path in (papers.FOLDER / "pdf").iterdir()} == marked
    articles = [path.read_text() for path in (papers.FOLDER / "articles").iterdir()]
    pictures = set(re.findall(r"picture:\s*([\w-]+)", "\n".join(articles)))
    assert {path.stem for path in (papers.FOLDER / "pictures").iterdir()} == pictures


# --- what a stranger sees ------------------------------------------------------------------------


@pytest.mark.slow
def test_every_page_and_every_internal_link_answers(client):
    visible = [model.objects.visible() for model in (Article, Document, Week, Page)]
    addresses = {"/", "/van-ban/", "/tin-tuc/", "/lich-cong-tac/", "/lien-ket/", "/so-do/"}
    addresses |= {item.get_absolute_url() for items in visible for item in items}
    addresses |= {
        item.get_absolute_url()
        for item in (
            *MenuItem.objects.visible(),
            *Category.objects.all(),
            *Attachment.objects.visible(),
        )
    }
    bodies = " ".join(item.body for items in visible for item in items if hasattr(item, "body"))
    addresses |= {
        address.replace("&amp;", "&") for address in re.findall(r'(?:href|src)="(/[^"]*)"', bodies)
    }
    assert len(addresses) > 150
    wrong = {
        address: status
        for address in addresses
        if (status := client.get(unquote(address)).status_code) != 200
    }
    assert not wrong


@pytest.mark.slow
def test_hidden_content_is_not_shown_to_strangers(client):
    shown = "".join(
        client.get(address).content.decode()
        for address in ("/", "/tin-tuc/", "/van-ban/", "/lich-cong-tac/", "/so-do/")
    )
    hidden = [
        article
        for phase in Phase
        if phase != Phase.PUBLISHED
        for article in Article.objects.in_phase(phase)
    ]
    assert len(hidden) >= 5
    for article in hidden:
        assert client.get(article.get_absolute_url()).status_code == (
            410 if article.phase == Phase.WITHDRAWN else 404
        )
        assert article.title not in shown
    for document in Document.objects.exclude(pk__in=Document.objects.visible()):
        assert client.get(document.get_absolute_url()).status_code in (404, 410)
    for row in Appointment.objects.exclude(is_internal=False, is_approved=True):
        page = client.get(row.week.get_absolute_url()).content.decode()
        assert row.content not in page
