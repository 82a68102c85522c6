"""The progress bar that all commands draw: on a terminal only, with a total or with a count."""

import io

import pytest
from django.core.management.base import OutputWrapper

from portal.ops.progress import Progress


@pytest.fixture
def terminal():
    out = io.StringIO()
    out.isatty = lambda: True
    return out


def test_bar_fills_up_to_its_total(terminal):
    progress = Progress(OutputWrapper(terminal), total=3)
    progress.step("one")
    assert terminal.getvalue() == f"\r\033[K[{'█' * 10}{'·' * 20}] one"
    progress.step("three", 2)
    assert terminal.getvalue().endswith(f"[{'█' * 30}] three\n")


def test_bar_without_a_label_shows_how_far_it_is(terminal):
    Progress(OutputWrapper(terminal), total=3).step()
    assert terminal.getvalue().endswith("] 1/3")


def test_unknown_total_is_a_count(terminal):
    progress = Progress(OutputWrapper(terminal))
    progress.step("read", 7)
    progress.clear()
    assert terminal.getvalue() == "\r\033[K7 read\r\033[K"


def test_line_takes_the_place_of_the_bar(terminal):
    progress = Progress(OutputWrapper(terminal), total=2)
    progress.step("one")
    progress.say("missing: a")
    assert terminal.getvalue().endswith("] one\r\033[Kmissing: a\n")


def test_more_steps_than_the_total_do_no_harm(terminal):
    Progress(OutputWrapper(terminal), total=0).step("one")
    assert terminal.getvalue().endswith("] one\n")


def test_nothing_but_lines_is_written_elsewhere():
    out = io.StringIO()
    progress = Progress(OutputWrapper(out), total=2)
    progress.step("one")
    progress.say("missing: a")
    progress.clear()
    assert out.getvalue() == "missing: a\n"
