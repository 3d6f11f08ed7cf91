"""The Pennylane adapter.

``client`` speaks to the API, ``window`` keeps within its rate, ``refusals`` sorts its errors; ``reading``,
``standing`` and ``join`` make records, ``pulling`` goes through them; ``writing`` puts our entries in one of
three places (``comments``, ``notes``, ``appendix``); ``block`` is what stands of ours in the notes of a
customer, ``hosts.remarks`` what people write to us there.
"""

from connector.hosts.pennylane.host import PennylaneHost
from connector.hosts.pennylane.settings import BASE_URL, PennylaneSettings, Place

__all__ = ["BASE_URL", "PennylaneHost", "PennylaneSettings", "Place"]
