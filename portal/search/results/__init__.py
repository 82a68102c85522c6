"""The results of a search: answers, facets, snippets, spellings, missed queries."""
