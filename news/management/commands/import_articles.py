"""Command `import_articles`: import articles from the file of another site."""

from news.imports import ArticleImporter
from portal.imports.importer import ImportCommand


class Command(ImportCommand):
    """Import articles; safe to repeat and to resume: what is here already stays as it is."""

    help = (
        "Nhập tin bài từ tệp JSONL hoặc CSV của trang khác; "
        "chạy lại không nhập trùng và không sửa bài đã có. "
        "Dòng không nhập được thì ghi trong báo cáo; "
        "mã thoát 1 chỉ khi không đọc được tệp hoặc không dòng nào dùng được."
    )
    importer = ArticleImporter
