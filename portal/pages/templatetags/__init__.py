"""Template tags of what stands on every page."""
