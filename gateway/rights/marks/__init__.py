"""Machine-readable marks: content credentials (C2PA) and labels in the metadata of media."""
