"""Who is asking: single sign-on, access tokens, gateway keys, roles and permissions."""
