"""The index: what is entered, from which rooms, and each database's engine."""
