"""Taking rows of other registers in."""
