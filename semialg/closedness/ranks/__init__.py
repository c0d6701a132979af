"""Global obstructions: targets that the rank of the whole matrix excludes (theory U, N9, N10, N12, D)."""
