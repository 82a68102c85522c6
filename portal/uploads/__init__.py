"""Uploads: names of files, inspection, scanners of hostile content, antivirus, storage."""
