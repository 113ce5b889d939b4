"""SHOW: sample scenes painted in every style, as one sheet and one page that needs nothing else."""
