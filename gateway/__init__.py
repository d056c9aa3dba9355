"""Proviso: the gateway that gives a company generative AI without giving away its people's data."""

__version__ = "0.1.0"
