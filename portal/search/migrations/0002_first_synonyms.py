from django.db import migrations

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


def enter(apps, schema_editor):
    """Enter the abbreviations that every office uses; staff change them as they like."""
    synonym = apps.get_model("search", "Synonym")
    pairs = [line.split(" = ") for line in SYNONYMS]
    synonym.objects.bulk_create([synonym(word=word, meaning=meaning) for word, meaning in pairs])


class Migration(migrations.Migration):
    dependencies = [("search", "0001_index_of_everything")]
    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
