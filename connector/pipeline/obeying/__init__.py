"""What people write and do in the host, carried out: one module for each way in which they say it.

``hearing`` is one thing that somebody said or did, with all that is needed to carry it out; ``sayings``
carries out what the grammar has read; ``tasks_done``, ``tasks_moved`` and ``tasks_deleted`` what was done
with a task of ours; ``approvals`` asks people for their consent and takes it.
"""
