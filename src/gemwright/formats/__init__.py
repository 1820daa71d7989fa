"""Other people's files, read by hand: bytes in, typed records out. Never tensor data, never a network."""
