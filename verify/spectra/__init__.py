"""Constants and spectra: what the derivatives of H are bounded by, from above, from below, exactly."""
