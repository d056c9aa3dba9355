"""Signals: what a request is about, who it is about, and what an answer holds. Pure functions."""
