"""``python -m connector`` is ``relance``."""

from connector.cli import main

main()
