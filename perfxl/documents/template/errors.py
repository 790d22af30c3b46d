"""What cannot be done, carried as problems: one exception for templates, one for renderings."""

from __future__ import annotations

from collections.abc import Sequence

from perfxl.core.problems import Problem

__all__ = ["RenderError", "TemplateError"]


class DocumentError(Exception):
    """`problems` say what is wrong; the text of the exception is their messages in the language of the template."""

    def __init__(self, problems: Sequence[Problem], lang: str = "zh") -> None:
        super().__init__("\n".join(found.message(lang) for found in problems))
        self.problems = list(problems)
        self.lang = lang

    def __reduce__(self) -> tuple[type[DocumentError], tuple[list[Problem], str]]:
        """Workers hand it to the process that started them."""
        return type(self), (self.problems, self.lang)


class TemplateError(DocumentError):
    """The template cannot be used."""


class RenderError(DocumentError):
    """The template is sound; this record does not fit it."""
