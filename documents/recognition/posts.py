"""Chức danh: the posts in which people sign documents, for foots of papers and for registers."""

import re

#: Posts that may have a deputy ("Phó …").
_WITH_DEPUTIES = (
    "Bí thư|Chủ tịch|Thủ tướng|Chủ nhiệm|Tổng giám đốc|Giám đốc|Tổng cục trưởng|Cục trưởng|"
    "Chi cục trưởng|Vụ trưởng|Trưởng phòng|Trưởng ban|Chánh văn phòng|Chánh thanh tra|"
    "Tổng thanh tra|Chánh án|Viện trưởng|Hiệu trưởng|Thống đốc|Tổng kiểm toán"
)
_ALONE = "Tổng bí thư|Bộ trưởng|Thứ trưởng|Ủy viên thường trực|Ủy viên"
#: Registers write posts more freely; so they begin.
_IN_REGISTERS = (
    "Trưởng|Chánh|Cục phó|Thanh tra|Kiểm toán|Tư lệnh|Chỉ huy|Chi cục|Thủ trưởng|Uỷ viên"
)

#: A post in capitals at the beginning of a line: (post, what stands behind it).
POST_LINE = re.compile(
    rf"(?:Q\.\s*)?((?:PHÓ )?(?:{_WITH_DEPUTIES.upper()})|{_ALONE.upper()})\b(.*)"
)
#: The beginning of a post as registers write it before a name.
POST_BEGINNING = re.compile(
    rf"(?:quyền |nguyên )?(?:phó )?(?:tổng )?(?:{_WITH_DEPUTIES}|{_ALONE}|{_IN_REGISTERS})\b", re.I
)
