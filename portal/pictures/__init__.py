"""Pictures: re-encoded on upload, and public while a visible row shows them."""
