"""News: articles, categories, tags."""
