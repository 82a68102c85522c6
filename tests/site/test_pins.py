"""Requirements are pinned, and the lock files hold the same pins with hashes."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)


def pins(*names):
    """Return {normalised package name: version} of these files."""
    text = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in names)
    return {re.sub(r"[-_.]+", "-", name.lower()): version for name, version in PIN.findall(text)}


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_an_exact_pin(file):
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    words = [line for line in lines if line.strip() and not line.startswith(("#", "-r "))]
    assert words
    assert [line for line in words if not PIN.match(line)] == []


@pytest.mark.parametrize(
    "lock, files",
    [
        ("requirements.lock", ["requirements.txt"]),
        ("requirements-dev.lock", ["requirements.txt", "requirements-dev.txt"]),
    ],
)
def test_lock_holds_the_same_pins(lock, files):
    assert pins(lock) == pins(*files)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_pin_in_the_lock_has_a_hash_and_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}\b", block) for block in blocks)
    assert "://" not in text
