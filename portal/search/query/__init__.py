"""What a visitor typed, read; the tokens that stand for words."""
