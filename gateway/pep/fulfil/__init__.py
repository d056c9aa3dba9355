"""Obligations, one per file."""
