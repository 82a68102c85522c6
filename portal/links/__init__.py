"""Links to other websites, in groups."""
