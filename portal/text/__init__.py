"""Vietnamese text: cleaned, folded, sorted; the fields that keep it; letters of old fonts."""
