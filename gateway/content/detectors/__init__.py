"""Detectors: one concern a file, pure functions from text to findings."""
