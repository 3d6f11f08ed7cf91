"""What people write to us in the host: the words, and how they are read. Pure.

``read_orders`` reads the ``#orders`` of a note, ``read_feedback`` what is said when a task of ours is marked
done; both return sayings (``connector.grammar.sayings``). What may mean several things is never guessed: it
is ``Unclear``, with the readings between which a person must choose.
"""

from connector.grammar.feedback import read_feedback
from connector.grammar.orders import read_orders

__all__ = ["read_feedback", "read_orders"]
