"""Sample content: data files that a newcomer can read and edit, and what turns them into pictures and papers."""
