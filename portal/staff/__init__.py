"""The admin for staff: site, lists, forms, autocomplete, publishing."""
