"""The work schedule: weeks and appointments."""
