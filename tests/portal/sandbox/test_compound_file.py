"""The container of old Word and Excel files: its directory is read strictly, its streams whole."""

import struct

import pytest

from portal.sandbox.compound_file import ROOT, STREAM, BrokenContainer, CompoundFile
from tests.support import office_files, samples


def test_streams_large_and_small_are_read_whole():
    large = bytes(range(256)) * 20
    file = CompoundFile(office_files.compound({"Large": large, "Other": b"x" * 4096}))
    assert file.stream("Large") == large
    assert file.stream("Other") == b"x" * 4096
    assert [entry.kind for entry in file.entries[:2]] == [ROOT, STREAM]


def test_missing_stream_is_an_error():
    with pytest.raises(BrokenContainer):
        CompoundFile(samples.doc()).stream("Workbook")


@pytest.mark.parametrize(
    ("offset", "form", "value"),
    [
        (0, "<I", 0),  # the mark at the beginning
        (28, "<H", 0xFEFF),  # the order of bytes
        (30, "<H", 10),  # the size of a sector
        (44, "<I", 0xFFFF),  # more sectors of the FAT than the file has
        (48, "<I", 0x00FFFFFF),  # the directory begins outside of the file
        (72, "<I", 0xFFFF),  # more sectors of the DIFAT than the file has
        (76, "<I", 0xFFFFFFFF),  # the FAT lies nowhere
    ],
)
def test_damaged_header_is_an_error(offset, form, value):
    data = bytearray(samples.doc())
    struct.pack_into(form, data, offset, value)
    with pytest.raises(BrokenContainer):
        CompoundFile(bytes(data))


@pytest.mark.parametrize("length", [0, 8, 511, 512])
def test_cut_file_is_an_error(length):
    with pytest.raises(BrokenContainer):
        CompoundFile(samples.doc()[:length])


def test_looping_directory_is_an_error():
    data = bytearray(samples.doc())
    (first,) = struct.unpack_from("<I", data, 48)
    (fat,) = struct.unpack_from("<I", data, 76)
    struct.pack_into("<I", data, (fat + 1) * 512 + 4 * first, first)
    with pytest.raises(BrokenContainer):
        CompoundFile(bytes(data))
