"""What all imports share: being known again, finding files, the report, the bar, the command."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.management import call_command, get_commands, load_command_class
from django.utils import timezone

from news.models import Article, Category
from portal.imports.importer import Folder, Origins, Report, Words, free_slugs, state_of
from portal.ops.progress import Progress
from portal.publishing.states import State
from tests.support import make


class Terminal(io.StringIO):
    """An output that says it is a terminal, and takes `ending` as Django's does."""

    def isatty(self):
        return True

    def write(self, words, ending=""):
        return super().write(words + ending)


def test_bar_is_drawn_on_a_terminal_only():
    out = Terminal()
    progress = Progress(out, total=4)
    progress.step("dòng 1")
    progress.step("dòng 4", 3)
    assert out.getvalue().endswith(f"[{'█' * 30}] dòng 4\n")
    silent = io.StringIO()
    Progress(silent).step("x")
    assert silent.getvalue() == ""


def test_address_of_different_things_names_none():
    origins = Origins()
    for address, thing in (("a", "1"), ("a", "1"), ("b", "1"), ("b", "2"), ("b", "1")):
        origins.note(address, thing)
    assert [address for address in ("a", "b", "c", "") if origins.names_one(address)] == ["a"]


def test_file_is_found_by_the_end_of_its_address(tmp_path):
    for name in ("Báo cáo 1.pdf", "x/hai.pdf", "y/hai.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"1")
    (tmp_path / "link.pdf").symlink_to("/etc/hostname")
    folder = Folder(tmp_path)
    assert folder.find("https://a.vn/f/B%C3%A1o%20c%C3%A1o%201.pdf?v=2")[0].name == "Báo cáo 1.pdf"
    (tmp_path / "số #3.pdf").write_bytes(b"1")
    assert Folder(tmp_path).find("https://a.vn/số #3.pdf")[0].name == "số #3.pdf"
    assert folder.find("/u/Báo cáo 1.pdf?x=1")[0].name == "Báo cáo 1.pdf"
    assert folder.find("Ba\u0301o ca\u0301o 1.pdf")[0].name == "Báo cáo 1.pdf"
    assert folder.find("C:\\tep\\Báo cáo 1.pdf")[0].name == "Báo cáo 1.pdf"
    assert folder.find("https://a.vn/y/hai.pdf")[0].parent.name == "y"
    for lost in (
        "https://a.vn/z/hai.pdf",
        "ba.pdf",
        "link.pdf",
        "../../etc/passwd",
        "",
        "https://a.vn/",
        "https://[a/x.pdf",
    ):
        path, why = folder.find(lost)
        assert path is None and why
    assert folder.find("https://a.vn/z/Báo cáo 1.pdf", is_shared=True)[0] is None


def test_report_is_in_the_order_of_the_file_and_holds_no_formula(tmp_path):
    report = Report()
    report.add(9, "=1+1", "b", is_taken=True)
    report.add(2, "x", "a")
    out = io.StringIO()
    report.write(out)
    assert list(csv.reader(io.StringIO(out.getvalue())))[1:] == [
        ["2", "x", "không nhập", "a"],
        ["9", "'=1+1", "nhập một phần", "b"],
    ]
    assert report.sentences(1) == ["dòng 2 · x: không nhập: a", "… và 1 điều khác"]


@pytest.mark.django_db
def test_words_are_found_folded_or_made():
    made = make.category(name="Tin tức – Sự kiện")
    words = Words(Category)
    assert words.get("TIN TUC, SU KIEN") == made and words.has("tin tức sự kiện")
    assert words.get("Mới", on_home=False).name == "Mới" and words.get("!?") is None
    assert Category.objects.count() == 2


@pytest.mark.django_db
def test_slugs_that_somebody_has_or_had_are_not_free():
    article = make.article(slug="cu")
    article.slug = "moi"
    article.save()
    assert free_slugs(Article, ["cu", "moi", "khac", ""]) == {"khac"}


def test_time_that_lies_ahead_is_now():
    class Importer:
        draft, now = False, timezone.now()

    later = Importer.now + timedelta(days=1)
    assert (
        state_of(Importer, later)
        == state_of(Importer, None)
        == {"state": State.PUBLISHED, "published_at": Importer.now}
    )


@pytest.mark.parametrize("name", ["import_documents", "import_articles"])
def test_help_tells_of_the_exit_status_and_switches(name):
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    told = " ".join(parser.format_help().split())
    for words in ("mã thoát 1", "--files", "--dry-run", "--draft", "--report"):
        assert words in told


@pytest.mark.django_db
def test_long_report_is_cut_on_the_screen_where_it_is_kept_in_a_file(tmp_path):
    rows = tmp_path / "a.jsonl"
    rows.write_text('{"so_ky_hieu": "1/QĐ"}\n' + "x\n" * 30)
    for switches, count in (([], 30), (["--report", str(tmp_path / "r.csv")], 20)):
        out = io.StringIO()
        call_command("import_documents", str(rows), *switches, stdout=out)
        assert out.getvalue().count("không phải JSON") == count
