"""Network addresses."""

from __future__ import annotations

from ipaddress import ip_address

from gateway.content.detectors.pattern import Caught, Pattern


def check_address(candidate: str, before: str) -> Caught | None:
    """An IP address by the standard library; part of a longer word or version is none."""
    if before[-1:].isalnum() or before[-1:] in (".", ":", "v"):
        return None
    try:
        address = ip_address(candidate)
    except ValueError:
        return None
    if address.is_unspecified:
        return None
    return Caught(len(candidate), 0.8 if address.version == 4 else 0.9, "ip.parse")


PATTERNS = (
    Pattern("IP_ADDRESS", "ip.v4", r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b", check_address),
    Pattern(
        "IP_ADDRESS",
        "ip.v6",
        r"(?:[0-9A-Fa-f]{1,4}:|:):?(?:[0-9A-Fa-f]{0,4}:){0,6}[0-9A-Fa-f]{1,4}",
        check_address,
    ),
)
