"""A browser in which a person lets the program in at once: ``python -m tests.system.crash.browser URL``."""

from __future__ import annotations

import sys

import requests

#: For the variable BROWSER. The command waits for the answer, so it must not wait for its browser.
COMMAND = f"{sys.executable} -m tests.system.crash.browser %s &"

if __name__ == "__main__":
    requests.get(sys.argv[1], timeout=30)
