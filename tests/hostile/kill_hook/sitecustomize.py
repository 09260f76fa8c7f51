"""On the PYTHONPATH of a real `./run`: kills the whole site at the point that KILL_AT names, of the process KILL_ROLE.

KILL_ROLE: a module as it stands on the command line, as newsroom.desk.worker.
KILL_POINTS: the file in which points are counted.
"""

import os
import sys
from pathlib import Path

if os.environ.get("KILL_ROLE") in sys.orig_argv:
    from tests.hostile import killing

    killing.arm(killing.Points(Path(os.environ["KILL_POINTS"]), at=int(os.environ["KILL_AT"]), whole=True))
