"""stalelaw: derive, check, measure and calibrate the staleness-learning-rate law of asynchronous RLHF.

Three rooms, knowledge flows one way: ``stalelaw.theory`` (symbols and proofs, no torch) <- ``stalelaw.verify``
(measurements, torch) <- ``stalelaw.practice`` (logs, calibration, planning, report, command line).
"""

__version__ = "0.1.0"
