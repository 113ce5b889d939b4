"""MEASURE: losses are functions of tensors and return one value per picture; whoever calls them reduces."""
