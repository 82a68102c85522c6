"""What is found: answers, facets, snippets, other spellings, what was missed."""
