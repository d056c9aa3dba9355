"""Tests. A package of that name comes with one of the tools; this file makes ours the one found."""
