"""Extract text and page images of untrusted files, in a process of its own."""
