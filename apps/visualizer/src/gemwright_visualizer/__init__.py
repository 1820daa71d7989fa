"""AI Visualizer: a song in, a finished music video out, directed by rules or by a local Gemma 4, drawn on this computer."""
