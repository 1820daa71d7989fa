"""Makes, trains and tests the small demo model of Gemma 4's architecture."""
