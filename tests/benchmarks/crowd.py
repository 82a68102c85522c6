"""Make titles, texts and names for benchmark content by chance, the same for the same seed."""

import random
import re
from datetime import timedelta

from portal.sample.papers import FOLDER

_DOING = (
    "Hội nghị triển khai;Tập huấn;Tổng kết;Sơ kết;Kiểm tra;Đẩy mạnh;Tăng cường;Ra mắt;"
    "Lấy ý kiến về;Phát động thi đua;"
    "Khai trương;Giao ban;Nâng cao chất lượng;Hướng dẫn;Góp ý;Công bố kết quả;Thẩm định;Giám sát"
).split(";")
_THING = (
    "chuyển đổi số;dịch vụ công trực tuyến;an toàn thông tin mạng;hạ ngầm cáp viễn thông;"
    "số hóa truyền hình mặt đất;"
    "chữ ký số;trục liên thông văn bản;bưu điện văn hóa xã;báo chí và xuất bản;thông tin cơ sở;"
    "cải cách hành chính;"
    "ứng dụng công nghệ thông tin;dữ liệu mở;hạ tầng viễn thông thụ động;"
    "thuê bao di động trả trước;mã định danh điện tử;"
    "kinh tế số;tổ công nghệ số cộng đồng;cổng thông tin điện tử;đài truyền thanh cấp xã;"
    "phòng chống mã độc"
).split(";")
_WHERE = (
    "huyện Kỳ Sơn;huyện Tương Dương;huyện Con Cuông;huyện Đô Lương;huyện Anh Sơn;huyện Tân Kỳ;"
    "huyện Thanh Chương;huyện Quỳ Hợp;"
    "huyện Nghĩa Đàn;huyện Diễn Châu;huyện Yên Thành;huyện Nghi Lộc;huyện Nam Đàn;"
    "huyện Hưng Nguyên;thị xã Cửa Lò;"
    "thị xã Thái Hòa;thị xã Hoàng Mai;thành phố Vinh"
).split(";")
FAMILY_NAMES = "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ Hồ Ngô".split()
MIDDLE_NAMES = "Văn Thị Đức Hồng Thanh Quang Minh Xuân Ngọc Hữu".split()
GIVEN_NAMES = (
    "An Bình Cường Dũng Giang Hà Hùng Khánh Lan Long Mai Nam Phúc Quý Sơn Thủy Trung Tuấn Vinh Yến"
).split()
CATEGORIES = {
    "Tin hoạt động": ["Lãnh đạo", "Đảng, đoàn thể", "Thi đua, khen thưởng"],
    "Công nghệ thông tin": ["Ứng dụng", "An toàn thông tin", "Hạ tầng số"],
    "Bưu chính, viễn thông": ["Bưu chính", "Viễn thông", "Tần số"],
    "Báo chí, xuất bản": ["Báo chí", "Xuất bản", "Thông tin cơ sở"],
    "Cải cách hành chính": ["Thủ tục", "Một cửa", "Dịch vụ công"],
}
DOCUMENT_TYPES = {
    "Luật": "QH", "Nghị định": "NĐ", "Thông tư": "TT", "Quyết định": "QĐ", "Chỉ thị": "CT",
    "Kế hoạch": "KH", "Thông báo": "TB",
    "Báo cáo": "BC", "Công văn": "", "Hướng dẫn": "HD", "Nghị quyết": "NQ", "Tờ trình": "TTr",
}  # fmt: skip
AGENCIES = {
    "Quốc hội": "QH14", "Chính phủ": "CP", "Thủ tướng Chính phủ": "TTg",
    "Bộ Thông tin và Truyền thông": "BTTTT",
    "Bộ Nội vụ": "BNV", "Bộ Tài chính": "BTC", "Bộ Công an": "BCA",
    "Hội đồng nhân dân tỉnh": "HĐND",
    "Ủy ban nhân dân tỉnh": "UBND", "Sở Thông tin và Truyền thông": "STTTT", "Sở Nội vụ": "SNV",
    "Sở Tài chính": "STC",
}  # fmt: skip
FIELDS = (
    "Bưu chính;Viễn thông;Tần số vô tuyến điện;Công nghệ thông tin;An toàn thông tin;Báo chí;"
    "Xuất bản;Thông tin cơ sở;"
    "Thông tin đối ngoại;Cải cách hành chính;Tổ chức cán bộ;Kế hoạch, tài chính;Thanh tra;"
    "Thi đua, khen thưởng"
).split(";")
TAGS = [f"{thing[0].upper()}{thing[1:]}" for thing in _THING] + [
    f"{where[0].upper()}{where[1:]}" for where in _WHERE
]


class Crowd:
    """A source of texts and choices; the same `seed` gives the same ones."""

    def __init__(self, seed=1):
        self.chance = random.Random(seed)
        texts = [
            path.read_text(encoding="utf-8")
            for path in sorted((FOLDER / "articles").glob("*.html"))
        ]
        self.paragraphs = [p for text in texts for p in re.findall(r"<p>[^<]{80,}</p>", text)]
        #: Bodies shared by all: between one and eight kB as real ones are, a few of 26 kB.
        self.bodies = [
            self._body(self.chance.choice([1_200, 2_500, 2_500, 4_000, 8_000])) for _ in range(200)
        ]
        self.long_bodies = [self._body(26_000) for _ in range(4)]

    def _body(self, size):
        parts, total = [], 0
        while total < size:
            parts.append(self.chance.choice(self.paragraphs))
            total += len(parts[-1].encode())
        return "\n".join(parts)

    def body(self):
        """Return the HTML of an article."""
        return self.chance.choice(self.long_bodies if self.chance.random() < 0.01 else self.bodies)

    def title(self):
        """Return a headline."""
        pick = self.chance.choice
        what = f"{pick(_DOING)} {pick(_THING)} tại {pick(_WHERE)}"
        return f"{what} năm {self.chance.randint(2005, 2026)}"

    def summary(self):
        """Return an article's lead or a document's trích yếu."""
        pick = self.chance.choice
        what = f"{pick(_DOING).lower()} {pick(_THING)} và {pick(_THING)}"
        return f"Về việc {what} trên địa bàn {pick(_WHERE)}"

    def person(self):
        """Return a person's name."""
        return " ".join(
            self.chance.choice(names) for names in (FAMILY_NAMES, MIDDLE_NAMES, GIVEN_NAMES)
        )

    def some(self, things, most):
        """Return 0 to `most` different ones of `things`."""
        return self.chance.sample(things, min(self.chance.randint(0, most), len(things)))

    def moment(self, first, last):
        """Return a time between `first` and `last`."""
        return first + timedelta(seconds=self.chance.random() * (last - first).total_seconds())
