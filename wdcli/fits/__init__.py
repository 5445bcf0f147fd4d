"""How networks are trained, wherever."""
