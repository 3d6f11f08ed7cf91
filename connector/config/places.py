"""Files and folders named in a configuration: a relative one lies beside the file that names it."""

from __future__ import annotations

from pathlib import Path

from connector.config.unfit import Unfit, kind


def beside(text: object, folder: Path, example: str) -> Path:
    """Return the path meant by ``text`` (``~`` is the user's home). Raises Unfit."""
    if isinstance(text, Path):  # a default of ours
        return folder / text
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        found = "an empty one" if isinstance(text, str) else kind(text)
        raise Unfit(f"a file or folder is a text, not {found}", f'for example "{example}"')
    try:
        return folder / Path(text).expanduser()
    except RuntimeError:
        raise Unfit("~ names a user whose home is not known", "write the whole path") from None
