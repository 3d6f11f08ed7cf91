"""The Odoo adapter.

``client`` speaks the two protocols, ``knowledge`` remembers what it learned of a server, ``reading`` and
``join`` make records, ``pulling`` goes through them, ``writing`` and ``mailing`` give back.
"""

from connector.hosts.odoo.host import OdooHost
from connector.hosts.odoo.settings import OdooSettings

__all__ = ["OdooHost", "OdooSettings"]
