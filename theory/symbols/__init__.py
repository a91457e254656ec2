"""Every symbol of the theory, one file per area; ``registry`` holds the table and the makers."""

from __future__ import annotations

from .grpo import *
from .objects import *
from .registry import *
from .run import *
from .tabular import *
