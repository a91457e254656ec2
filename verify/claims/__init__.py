"""For every measurable theory claim, the file of the same name that measures it."""
