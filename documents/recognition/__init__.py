"""What a paper says of itself, read from its text."""
