"""How staff handle what can be published: lists, forms, choices, publishing, the admin site."""
