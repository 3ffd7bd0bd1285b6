"""The condition language of rules: read against an allow-list, checked, worked out by NumPy."""

from algorithms.rules.conditions.completion import Completion, completions
from algorithms.rules.conditions.condition import Condition, check_condition, read_condition
from algorithms.rules.conditions.errors import ConditionError, MisspeltConditionError
from algorithms.rules.conditions.fields import Field, Fields, Scope, ValueType, fields_of

__all__ = [
    "Completion",
    "Condition",
    "ConditionError",
    "Field",
    "Fields",
    "MisspeltConditionError",
    "Scope",
    "ValueType",
    "check_condition",
    "completions",
    "fields_of",
    "read_condition",
]
