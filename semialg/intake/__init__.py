"""What comes from outside, read within bounds: files, pipes, JSON, archives, numbers."""
