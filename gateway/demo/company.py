"""The names of the demonstration: its company and its models."""

TENANT = "acme"
MODEL = "demo-model"
UNREVIEWED = "unreviewed-model"
"""A model whose tier nobody has reviewed; it trains on what it gets."""

ROUTED = "global-model"
"""A model that runs anywhere in the world; requests to it go to `MODEL` instead (rule IP-09)."""
