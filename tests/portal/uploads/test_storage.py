"""Files stored within a block that fails are taken back, by whichever storage they were written."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from portal.uploads.storage import (
    WholeFiles,
    note_stored,
    take_back_stored,
    taken_back_on_failure,
)


@pytest.fixture
def storages(tmp_path):
    return WholeFiles(tmp_path / "whole"), FileSystemStorage(tmp_path / "plain")


def store(storages, name):
    whole, plain = storages
    whole.save(name, ContentFile(b"x"))
    note_stored(plain, plain.save(name, ContentFile(b"x")))


def names(storages):
    return [sorted(storage.listdir("")[1]) for storage in storages]


def test_files_stay_where_the_block_ends_well(storages):
    store(storages, "before")
    with taken_back_on_failure():
        store(storages, "within")
    assert names(storages) == [["before", "within"]] * 2


def test_files_of_a_failed_block_are_deleted_and_no_others(storages):
    store(storages, "before")
    with pytest.raises(KeyboardInterrupt), taken_back_on_failure():
        store(storages, "within")
        raise KeyboardInterrupt
    assert names(storages) == [["before"]] * 2


def test_outer_block_takes_back_what_an_inner_one_kept(storages):
    store(storages, "before")
    with pytest.raises(ValueError), taken_back_on_failure():
        with taken_back_on_failure():
            store(storages, "inner")
        assert names(storages) == [["before", "inner"]] * 2
        raise ValueError
    assert names(storages) == [["before"]] * 2


def test_dry_run_takes_back_at_its_end(storages):
    store(storages, "before")
    with taken_back_on_failure():
        with taken_back_on_failure():
            store(storages, "inner")
        store(storages, "within")
        take_back_stored()
    assert names(storages) == [["before"]] * 2
