"""Measurements of the theory's claims with torch.func, exact where the policy can be enumerated. Never derives."""
