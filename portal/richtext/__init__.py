"""Formatted text: cleaned HTML, its field, its editor."""
