"""Seeing what is in a text, and taking out what must not leave."""
