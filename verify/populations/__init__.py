"""Population objectives: exact, sampled and in between, all differentiated by the same few functions."""
