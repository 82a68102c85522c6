"""How the public comes in: pages, lists, feeds, filters, files."""
