"""What every table of a configuration is."""

from __future__ import annotations

from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict

#: Field of ours -> how to read it from the host; kept as written, the mapping loader checks it.
MappingOverrides: TypeAlias = dict[str, dict[str, Any]]


class Settings(BaseModel):
    """One table of a configuration: nothing unknown in it, nothing guessed, nothing changed later."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
