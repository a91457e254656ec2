"""Every symbol of the theory, one file per area; ``registry`` holds the table and the makers."""

from __future__ import annotations

from .bias import *
from .chance import *
from .clip import *
from .comparisons import *
from .grpo import *
from .lengths import *
from .losses import *
from .objectives import *
from .objects import *
from .optimizers import *
from .registry import *
from .response import *
from .run import *
from .solvable import *
from .sources import *
from .stability import *
from .tabular import *
