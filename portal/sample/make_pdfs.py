"""Makes the PDFs of pdf/ anew from documents.json and texts/: `python -m portal.sample.make_pdfs` (needs Chromium).

A tool of ours, not used by the portal: the PDFs lie in the tree, because a bare machine has no fonts to make them with.
"""

import html
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from portal.sample import papers

_PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>{title}</title><style>
@page {{ size: A4; margin: 20mm 18mm 20mm 28mm }}
body {{ font: 12pt/1.45 "Noto Serif", serif; text-align: justify; margin: 0 }}
table {{ width: 100%; border-collapse: collapse; text-align: center; font-size: 11pt; line-height: 1.35 }}
td {{ vertical-align: top; padding: 0 }} td:first-child {{ width: 42% }}
p {{ margin: 0 0 6pt; text-indent: 10mm }} p.centre, p.sample, h1, h2 {{ text-align: center; text-indent: 0 }}
h1 {{ font-size: 13pt; margin: 18pt 0 0 }} h2 {{ font-size: 12.5pt; margin: 0 0 8pt }} h3 {{ font-size: 12pt; margin: 8pt 0 4pt }}
p.sample {{ font-size: 10.5pt; margin-bottom: 12pt }} .sign {{ margin: 16pt 0 0 45%; text-align: center }}
</style>{body}</html>"""


def page(facts):
    """Return the paper with these `facts` (one of `papers.register`) as an HTML page (str)."""
    head = {key: html.escape(words) for key, words in papers.head(facts).items()}
    body = (
        f"<table><tr><td>{head['above']}{'<br>' if head['above'] else ''}<b>{head['agency']}</b><br>{head['number']}</td>"
        "<td><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b><br><b>Độc lập - Tự do - Hạnh phúc</b><br>"
        f"{head['place_and_date']}</td></tr></table><h1>{head['kind']}</h1><h2>{head['summary']}</h2>"
        f'<p class="sample">({papers.sample_line(facts)})</p>'
    )
    for kind, words in papers.body_lines(facts):
        tag = "h3" if kind == "heading" else "p"
        body += f'<{tag} class="{kind}">{html.escape(words)}</{tag}>'
    if head["post"]:
        body += f'<div class="sign"><b>{head["post"]}</b><br>(bản mẫu, không ký)</div>'
    return _PAGE.format(title=html.escape(facts["file_name"]), body=body)


def main():
    """Print each document marked "pdf" in documents.json to pdf/<name>.pdf; return the exit status (int)."""
    folder = papers.FOLDER / "pdf"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        for facts in papers.register(date.today())["documents"]:
            if not facts.get("pdf"):
                continue
            source, target = Path(work) / "page.html", folder / f"{facts['name']}.pdf"
            source.write_text(page(facts), encoding="utf-8")
            options = [
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-pdf-header-footer",
                "--disable-pdf-tagging",
            ]
            subprocess.run(  # noqa: S603
                [  # noqa: S607
                    "chromium",
                    *options,
                    f"--user-data-dir={work}/profile",
                    f"--print-to-pdf={target}",
                    source.as_uri(),
                ],
                check=True,
                stderr=subprocess.DEVNULL,
            )
            sys.stdout.write(f"{target.name}: {target.stat().st_size // 1024} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
