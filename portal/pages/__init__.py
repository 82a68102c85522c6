"""Static pages, main menu, notices, identity of the site."""
