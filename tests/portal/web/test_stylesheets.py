"""Style sheets as they are collected: joined with what they import, without comments and indents."""

from django.core.files.storage import FileSystemStorage

from portal.web.stylesheets import StaticFiles


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
