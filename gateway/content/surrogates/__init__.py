"""Values that read like what they stand for, and belong to nobody (rule IP-06, `style`)."""
