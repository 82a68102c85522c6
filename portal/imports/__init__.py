"""Import of rows of other systems: read, interpreted, recognised when they come again."""
