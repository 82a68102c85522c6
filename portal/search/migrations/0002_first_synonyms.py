from django.db import migrations

SYNONYMS = """
ATTT = an toàn thông tin
BCVT = bưu chính viễn thông
CCHC = cải cách hành chính
CĐS = chuyển đổi số
CNTT = công nghệ thông tin
CSDL = cơ sở dữ liệu
DVC = dịch vụ công
DVCTT = dịch vụ công trực tuyến
HĐND = Hội đồng nhân dân
KCN = khu công nghiệp
KHCN = khoa học và công nghệ
MTTQ = Mặt trận Tổ quốc
PAKN = phản ánh kiến nghị
PCCC = phòng cháy chữa cháy
QPPL = quy phạm pháp luật
STTTT = Sở Thông tin và Truyền thông
TTĐT = thông tin điện tử
TTHC = thủ tục hành chính
TT&TT = thông tin và truyền thông
TTTT = thông tin truyền thông
TW = trung ương
UBND = Ủy ban nhân dân
VBQPPL = văn bản quy phạm pháp luật
""".strip().splitlines()


def enter(apps, schema_editor):
    """Enter the abbreviations that every office uses; staff change them as they like."""
    synonym = apps.get_model("search", "Synonym")
    pairs = [line.split(" = ") for line in SYNONYMS]
    synonym.objects.bulk_create([synonym(word=word, meaning=meaning) for word, meaning in pairs])


class Migration(migrations.Migration):
    dependencies = [("search", "0001_index_of_everything")]
    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
