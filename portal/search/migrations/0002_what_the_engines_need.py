"""What each database's search engine needs beside the tables of the models, and the abbreviations that every office uses."""

from django.db import migrations

from portal.search.index import postgres, sqlite 

SYNONYMS = """
ATTP = an toàn thực phẩm
ATTT = an toàn thông tin
BCVT = bưu chính viễn thông
BHTN = bảo hiểm thất nghiệp
BHXH = bảo hiểm xã hội
BHYT = bảo hiểm y tế
CCCD = căn cước công dân
CCHC = cải cách hành chính
CĐS = chuyển đổi số
CNTT = công nghệ thông tin
CSDL = cơ sở dữ liệu
DVC = dịch vụ công
DVCTT = dịch vụ công trực tuyến
GDĐT = giáo dục và đào tạo
GPMB = giải phóng mặt bằng
GTGT = giá trị gia tăng
GTVT = giao thông vận tải
HĐND = Hội đồng nhân dân
HTX = hợp tác xã
KCN = khu công nghiệp
KHCN = khoa học và công nghệ
MTTQ = Mặt trận Tổ quốc
NSNN = ngân sách nhà nước
NTM = nông thôn mới
PAKN = phản ánh kiến nghị
PCCC = phòng cháy chữa cháy
QPPL = quy phạm pháp luật
STTTT = Sở Thông tin và Truyền thông
THCS = trung học cơ sở
THPT = trung học phổ thông
TNCN = thu nhập cá nhân
TNMT = tài nguyên và môi trường
TT&TT = thông tin và truyền thông
TTĐT = thông tin điện tử
TTHC = thủ tục hành chính
TTTT = thông tin truyền thông
TW = trung ương
UBND = Ủy ban nhân dân
VBQPPL = văn bản quy phạm pháp luật
""".strip().splitlines()


def _execute(schema_editor, on_postgres, on_sqlite):
    """Execute the statements (list of str) of the database at hand."""
    for statement in on_postgres if schema_editor.connection.vendor == "postgresql" else on_sqlite:
        schema_editor.execute(statement)


def make(apps, schema_editor):
    """Make the tables of tokens. `engine_postgres` says why rows are narrow and facts stay in them."""
    on_postgres = [
        "ALTER TABLE search_entry SET (toast_tuple_target = 128)",
        "ALTER TABLE search_entry ALTER COLUMN facts SET STORAGE MAIN",
        *postgres.MAKE,
        postgres.INDEX,
        postgres.IN_TURN,
    ]
    _execute(schema_editor, on_postgres, [*sqlite.MAKE, *sqlite.MAKE_PLACES])


def drop(apps, schema_editor):
    """Drop them; what was entered is entered anew by `reindex`."""
    on_postgres = [postgres.DROP_IN_TURN, *postgres.DROP]
    _execute(schema_editor, on_postgres, [*sqlite.DROP, sqlite.DROP_PLACES])


def enter_synonyms(apps, schema_editor):
    """Enter the first synonyms; staff change them as they like."""
    synonym = apps.get_model("search", "Synonym")
    pairs = [line.split(" = ") for line in SYNONYMS]
    synonym.objects.bulk_create([synonym(word=word, meaning=meaning) for word, meaning in pairs])


class Migration(migrations.Migration):
    dependencies = [("search", "0001_index_and_words")]
    operations = [
        migrations.RunPython(make, drop),
        migrations.RunPython(enter_synonyms, migrations.RunPython.noop),
    ]
