"""What is kept while nothing a visitor can see has changed: pages, portlets, counts."""
