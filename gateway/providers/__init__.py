"""Upstreams: one outbound door, one adapter per wire format."""
