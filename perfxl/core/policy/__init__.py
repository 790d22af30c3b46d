"""The policy: what a company may set for itself (settings), and how it is read from its sheets (sheet, tables)."""

from perfxl.core.policy.settings import (
    DEFAULT_BANDS,
    DEFAULT_SCALE,
    SETTINGS,
    Band,
    Policy,
    Setting,
    Share,
    Steps,
    default_values,
)

__all__ = [
    "DEFAULT_BANDS",
    "DEFAULT_SCALE",
    "SETTINGS",
    "Band",
    "Policy",
    "Setting",
    "Share",
    "Steps",
    "default_values",
]
