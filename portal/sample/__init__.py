"""Sample content as data files: texts, pictures and papers that a newcomer can read and edit."""
