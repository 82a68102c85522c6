"""Commands of the news."""
