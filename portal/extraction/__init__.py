"""Text and pictures out of strangers' files, read in a process of its own."""
