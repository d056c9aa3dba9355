"""What a policy needs that the request did not bring (XACML's policy information point)."""
