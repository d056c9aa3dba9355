"""The HTTP surface: Flask."""
