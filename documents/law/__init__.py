"""How a document stands in law, and by what."""
