"""What may be uploaded: names, the look inside, the virus scanner, the store."""
