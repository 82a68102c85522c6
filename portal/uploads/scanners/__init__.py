"""Scan untrusted files for dangerous content: PDF, OOXML, ODF, old Word and Excel. No Django."""
