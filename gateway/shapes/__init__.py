"""The APIs that callers speak: one module for each, on one path."""
