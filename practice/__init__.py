"""What an engineer touches: trainer logs, calibration, planning, the report and the command line."""
