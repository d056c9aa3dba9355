"""Mapped tables and their queries; `session` is the only way to a connection."""
