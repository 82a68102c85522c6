"""Import documents from the JSONL or CSV file of another register."""

from documents.imports.importer import DocumentImporter
from portal.imports.importer import ImportCommand


class Command(ImportCommand):
    """Safe to repeat and to resume after a stop: documents that exist already stay as they are."""

    help = (
        "Nhập văn bản từ tệp JSONL hoặc CSV của sổ văn bản khác; chạy lại không nhập trùng và "
        "không sửa văn bản đã có. Dòng không nhập được thì ghi trong báo cáo; mã thoát 1 chỉ khi "
        "không đọc được tệp hoặc không dòng nào dùng được."
    )
    importer = DocumentImporter
