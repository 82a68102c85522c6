"""Run a program on one untrusted file within limits; read the container of old office files."""
