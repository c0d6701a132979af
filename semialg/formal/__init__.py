"""Certificates as theorems of a proof assistant: what is printed for Coq, and what its kernel answers."""
