"""The exit codes of every command."""

#: Done; something failed; bad configuration or use; stopped for safety.
DONE, FAILED, BAD_USE, SAFETY = 0, 1, 2, 3
