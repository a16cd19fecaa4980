"""Gradient-boosted trees in integer arithmetic, forests in a cascade, and the choice of a threshold by expected F1."""
