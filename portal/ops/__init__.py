"""Operation: the web server, statistics of the database, the progress bar of commands."""
