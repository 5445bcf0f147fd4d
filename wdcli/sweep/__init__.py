"""Sweeps: which networks to train, training them, choosing a lambda, comparing penalties."""
