"""The decision log: one append-only Merkle log per tenant."""
