"""Where the shared material lies, if it is there: a stranger's clone has none and the tests over it
say so.
"""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = ROOT.parent / "shared"

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="no ../shared beside this clone: its real material was not tried"
)
