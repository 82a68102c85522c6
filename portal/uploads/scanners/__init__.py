"""Looks into files that strangers made: PDF, OOXML, ODF, old Word and Excel.

Standard library only, no Django: `portal.uploads.inspection` runs `python -m portal.uploads.scanners` in a process of its own, with limits on
time and memory, and never imports these modules into the server.
"""
