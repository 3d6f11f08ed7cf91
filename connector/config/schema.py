"""The JSON Schema of a configuration file, for completion and checks in editors (taplo and others)."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from connector.config.refusals import TOP
from connector.config.settings import CompanySettings


class _Generator(GenerateJsonSchema):
    """Leaves out the defaults that TOML writes in another way than JSON would (lengths of time, paths)."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        if type(schema.get("default")) in (str, int, float, bool):
            return super().default_schema(schema)
        return self.generate_inner(schema["schema"])


def json_schema() -> dict[str, Any]:
    """Return the schema of a file: one company at the top, or several under ``company`` with defaults.

    With ``company``, nothing is required above it: a company's own table may give what the defaults lack.
    """
    models = [(model, "validation") for model in (CompanySettings, *TOP.values())]
    refs, together = models_json_schema(models, schema_generator=_Generator)  # type: ignore[arg-type]
    definitions: dict[str, Any] = together["$defs"]
    shared = {name: refs[model, "validation"] for name, model in TOP.items()}
    definitions |= {f"Any{name}": _optional(schema) for name, schema in definitions.items()}
    one = definitions["CompanySettings"]
    relaxed = definitions["AnyCompanySettings"]
    several = {**relaxed, "required": ["company"]}
    several["properties"] = {
        **relaxed["properties"],
        **shared,
        "company": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/AnyCompanySettings"}},
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Relance",
        "anyOf": [
            {**one, "properties": {**one["properties"], **shared}},
            several,
            {"type": "object", "properties": shared, "additionalProperties": False},
        ],
        "$defs": definitions,
    }


def _optional(schema: Any) -> Any:
    """Copy a definition with nothing required in it, nor in the definitions that it refers to."""
    if isinstance(schema, list):
        return [_optional(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {key: _optional(value) for key, value in schema.items() if not _is_requirement(key, value)}
    if isinstance(ref := copy.get("$ref"), str):
        copy["$ref"] = ref.replace("#/$defs/", "#/$defs/Any")
    if "oneOf" in copy:
        # With nothing required, a table may fit several of the alternatives.
        copy["anyOf"] = copy.pop("oneOf")
    return copy


def _is_requirement(key: str, value: object) -> bool:
    return key == "required" and isinstance(value, list)
