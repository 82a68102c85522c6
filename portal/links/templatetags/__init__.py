"""Template tags of the links."""
