"""SHAPE: networks, as plain torch modules that know nothing of losses, data or launchers."""
