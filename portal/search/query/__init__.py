"""Reading what a visitor typed, and the tokens that stand for words."""
