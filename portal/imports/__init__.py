"""Taking rows of other systems in: read, understood, known again."""
