"""CHOOSE: recipes return a frozen Run, each opening with its receipt, and build what the Run says."""
