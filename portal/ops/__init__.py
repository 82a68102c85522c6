"""What an administrator runs and watches: the server, the database's statistics, progress bars."""
