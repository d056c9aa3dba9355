"""The policy decision point: Rego, embedded or in an OPA server, behind one contract."""
