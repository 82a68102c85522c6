"""Style sheets are joined; sheets and templates lose indents, and no word or blank."""

import re

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.template import Context, Engine

from portal.web.compact import StaticFiles, TemplateLoader


def test_collected_sheet_holds_what_it_imports(tmp_path):
    source = tmp_path / "source/css"
    (source / "parts").mkdir(parents=True)
    sheet = '/* Two\n   parts. */\n@import url("parts/a.css");\n@import url("parts/b.css");\n'
    (source / "whole.css").write_text(sheet, encoding="utf-8")
    (source / "parts/a.css").write_text("/* A */\n.a {\n  top: 0;\n}\n", encoding="utf-8")
    (source / "parts/b.css").write_text('.b::before {\n  content: "  ›";\n}\n', encoding="utf-8")
    files = FileSystemStorage(tmp_path / "source")
    target = StaticFiles(tmp_path / "target", base_url="/static/")
    found = {}
    for name in ("css/whole.css", "css/parts/a.css", "css/parts/b.css"):
        found[name] = (files, name)
        with files.open(name) as file:
            target.save(name, file)
    assert all(not isinstance(done, Exception) for _, _, done in target.post_process(found))
    with target.open(target.stored_name("css/whole.css")) as file:
        joined = file.read().decode()
    assert joined.split() == [
        ".a",
        "{",
        "top:",
        "0;",
        "}",
        ".b::before",
        "{",
        "content:",
        '"',
        '›";',
        "}",
    ]
    assert '"  ›"' in joined


def test_template_loses_indents_and_silent_lines_and_no_blank_between_words(tmp_path):
    written = (
        "{# What it is for. #}\n"
        "{% load wording %}\n"
        "<p>\n"
        "  {% if words %}\n"
        "    {% for word in words %}\n"
        "      <a>{{ word }}</a>\n"
        "      {% if not forloop.last %}and{% endif %}\n"
        "    {% endfor %}\n"
        "  {% endif %}\n"
        "</p>\n"
    )
    (tmp_path / "row.html").write_text(written, encoding="utf-8")
    libraries = {"wording": "portal.templatetags.wording"}
    loaders = ["portal.web.compact.TemplateLoader"]
    engine = Engine(dirs=[tmp_path], loaders=loaders, libraries=libraries)
    shown = engine.get_template("row.html").render(Context({"words": ["một", "hai"]}))
    assert shown == "<p>\n<a>một</a>\nand\n<a>hai</a>\n\n</p>\n"


def test_every_template_is_found_by_the_loader_and_keeps_its_words():
    """What is left away holds no word, no element and no tag that prints."""

    def words(text):
        return re.sub(r"({%|%})", r" \1 ", re.sub(r"{#.*?#}", "", text)).split()

    folder = settings.TEMPLATES[0]["DIRS"][0]
    loader = TemplateLoader(Engine(dirs=[folder]))
    for path in folder.rglob("*.html"):
        name = path.relative_to(folder).as_posix()
        (origin, *_) = loader.get_template_sources(name)
        assert words(loader.get_contents(origin)) == words(path.read_text(encoding="utf-8")), name
