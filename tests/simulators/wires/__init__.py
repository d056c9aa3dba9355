"""What a simulated provider says, in the form of each API that it speaks."""
