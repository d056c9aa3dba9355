"""The code of use that people accept before their first request (rule ET-08)."""

from __future__ import annotations

POINTS = (
    "You answer for what you do with generated content: check facts before you rely on them.",
    "Your company's policy judges each request, and the decision is recorded under a pseudonym.",
    "The record holds labels and counts. What you typed is not kept.",
    "Names, addresses, phone, account and identity numbers are replaced before anything is sent.",
    "They are put back in your answer. No detector sees everything: leave out what is not needed.",
    "Never type passwords, keys or other secrets.",
    "Do not use the service to deceive, impersonate, manipulate or pry into private lives.",
    "Say that content was made with AI when you publish it, and never present it as a person's.",
    "If a refusal seems wrong, give its decision id to your privacy officer, who will look at it.",
)
"""The code, point by point, in the order people read it."""


def text_of(version: int) -> str:
    """The code of use as plain text, with its version."""
    lines = [f"{number}. {point}" for number, point in enumerate(POINTS, 1)]
    return "\n".join([f"Code of use, version {version}", "", *lines])
