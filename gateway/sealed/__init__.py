"""Content that a tenant keeps, sealed under a key per person that can be destroyed."""
