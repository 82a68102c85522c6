"""Pages for staff of the register; Django looks for them here."""

from documents.admin import documents, vocabulary  # noqa: F401
