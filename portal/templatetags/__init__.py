"""Template filters for all rooms."""
