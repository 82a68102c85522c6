"""Result of a scan: a refusal, or flags for the approver and the number of pages."""

from dataclasses import dataclass, field


class Refused(Exception):
    """The file may not be attached; the message says in Vietnamese what to do."""


@dataclass(frozen=True)
class Limits:
    """Limits of a package: its parts, unpacked bytes in all, ratio of unpacked to packed bytes."""

    parts: int = 1000
    unpacked: int = 200 * 1024 * 1024
    ratio: int = 100


@dataclass
class Findings:
    """Findings in a file that may be attached: `flags` are sentences for the approver."""

    flags: list[str] = field(default_factory=list)
    pages: int | None = None

    def flag(self, sentence: str) -> None:
        """Note the scanner's flag `sentence` once."""
        if sentence not in self.flags:
            self.flags.append(sentence)


LOCKED = (
    "Tệp đặt mật khẩu, người dân không mở được. "
    "Hãy bỏ mật khẩu (Lưu thành… → không đặt mật khẩu) rồi tải lên."
)
DDE = (
    "Tệp có lệnh lấy dữ liệu từ chương trình khác (DDE). "
    "Hãy thay bằng giá trị, lưu lại hoặc xuất ra PDF rồi tải lên."
)
#: How programs begin: of Windows, Linux, macOS; scripts, shortcuts, Java, Flash.
PROGRAM_MAGIC = (
    b"MZ", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe", b"#!", b"L\x00\x00\x00\x01\x14\x02\x00", b"FWS", b"CWS", b"ZWS",
)  # fmt: skip
#: Extensions under which a system runs what it opens.
PROGRAM_EXTENSIONS = frozenset(
    "exe dll scr com pif cpl msi msp msix appx bat cmd ps1 psm1 vbs vbe js jse ws wsf wsh wsc hta "
    "htm html mht mhtml svg xhtml lnk url scf inf reg jar jnlp class py pyc rb pl sh bash app apk "
    "dmg pkg deb rpm iso img vhd vhdx chm hlp mst gadget application appref-ms settingcontent-ms "
    "library-ms search-ms docm dotm xlsm xltm xlsb xlam pptm potm ppam ppsm sldm swf php phtml "
    "asp aspx jsp".split()
)
#: The test file of virus scanners; refused with and without one, so that a refusal can be tried.
EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
TEST_VIRUS = "Tệp chứa mẫu thử vi-rút (EICAR). Hãy quét máy của bạn rồi tải tệp sạch lên."


def is_program(name: str, head: bytes) -> bool:
    """Tell whether an embedded file is a program, or may hold one, by its `name` and `head`."""
    extension = name.rpartition(".")[2].strip(" .\0").lower()
    return extension in PROGRAM_EXTENSIONS or head.startswith(PROGRAM_MAGIC)
