"""Measuring the gateway beside nginx on the same upstream, in the same run."""
