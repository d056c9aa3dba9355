"""Generation routes."""
