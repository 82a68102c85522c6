"""Publication: who may see what, from when until when, and under which address."""
