"""What tests share: objects, worlds, staff, servers, files."""
