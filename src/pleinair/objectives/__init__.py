"""AIM: networks and losses become named terms per player. Objectives never call backward and never see the launcher."""
