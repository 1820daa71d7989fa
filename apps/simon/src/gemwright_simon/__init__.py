"""Simon: a historian over a family tree that says what is recorded, with its source, and nothing else."""
