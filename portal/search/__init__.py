"""The search: looks into every room."""
