"""Publication: who may see what, when, and under which address."""
