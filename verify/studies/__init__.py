"""Studies: many drawn problems, one point of every policy kind, policies that were trained."""
