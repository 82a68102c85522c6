"""What looking into a file yields: a refusal in one sentence, or what the approver must know and the number of pages."""

from dataclasses import dataclass, field


class Refused(Exception):
    """The file may not be attached; the message is one Vietnamese sentence or two that say what to do."""


@dataclass(frozen=True)
class Limits:
    """How much may be inside: `parts` of a package, `unpacked` bytes in all, `ratio` of unpacked to packed."""

    parts: int = 1000
    unpacked: int = 200 * 1024 * 1024
    ratio: int = 100


@dataclass
class Findings:
    """What was found in a file that may be attached: `flags` (list of str, sentences for the approver), `pages` (int or None)."""

    flags: list = field(default_factory=list)
    pages: int | None = None

    def flag(self, sentence):
        """Note `sentence` (str) once."""
        if sentence not in self.flags:
            self.flags.append(sentence)


#: How programs begin, whatever the file is called: Windows, Linux, macOS, scripts, shortcuts, Java, Flash.
PROGRAM_MAGIC = (
    b"MZ", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!",
    b"L\x00\x00\x00\x01\x14\x02\x00", b"FWS", b"CWS", b"ZWS",
)  # fmt: skip
#: Extensions under which a system runs what it opens.
PROGRAM_EXTENSIONS = frozenset(
    "exe dll scr com pif cpl msi msp msix appx bat cmd ps1 psm1 vbs vbe js jse ws wsf wsh wsc hta htm html mht mhtml svg xhtml "
    "lnk url scf inf reg jar jnlp class py pyc rb pl sh bash app apk dmg pkg deb rpm iso img vhd vhdx chm hlp mst gadget "
    "application appref-ms settingcontent-ms library-ms search-ms docm dotm xlsm xltm xlsb xlam pptm potm ppam ppsm sldm "
    "swf php phtml asp aspx jsp".split()
)
#: The text by which virus scanners are tried; refused with and without a scanner, so that anybody may see a refusal.
EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
TEST_VIRUS = "Tệp chứa mẫu thử vi-rút (EICAR). Hãy quét máy của bạn rồi tải tệp sạch lên."


def is_program(name, head):
    """Tell whether what is called `name` (str) and begins with `head` (bytes) is a program or holds one."""
    return name.rpartition(".")[2].strip(" .\0").lower() in PROGRAM_EXTENSIONS or head.startswith(
        PROGRAM_MAGIC
    )
