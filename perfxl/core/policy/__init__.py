"""What a company may set for itself.

settings   the rows of the sheet 参数: names, labels, units, defaults, limits
policy     their values, with grade bands, scales, step tables, days and own methods
"""

from perfxl.core.policy.policy import (
    DEFAULT_BANDS,
    DEFAULT_SCALE,
    Band,
    Policy,
    PolicyError,
    Share,
    Steps,
    is_default_scale,
)
from perfxl.core.policy.settings import SETTINGS, Setting, default_values

__all__ = [
    "DEFAULT_BANDS",
    "DEFAULT_SCALE",
    "SETTINGS",
    "Band",
    "Policy",
    "PolicyError",
    "Setting",
    "Share",
    "Steps",
    "default_values",
    "is_default_scale",
]
