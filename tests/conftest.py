"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# A slow machine is no defect. The same examples each time, so that a change is judged by what it changes;
# those who hunt (`make fuzz`) draw new ones.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("hunting", deadline=None)
settings.load_profile("hunting" if "RELANCE_STORIES" in os.environ else "steady")
