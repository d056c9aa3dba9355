"""The policy enforcement point: the one path every generation takes."""
