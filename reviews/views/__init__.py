"""What answers an address: short functions, one an address."""
