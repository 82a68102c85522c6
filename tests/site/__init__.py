"""The whole site: doors, addresses, bad requests, serving, hostile material."""
