"""The search index: its sources, its updates, and an engine for each database."""
