"""Files of documents: stored, read, shown page by page, kept in order."""
