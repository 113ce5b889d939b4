"""Many pictures: what is to be painted into which file, and the painting of one file after another."""
