"""What a notebook shows and keeps, and what is made of it: tables, the HTML report, the workbook."""

from .notebook import Report, start
from .parameters import ParameterError, chosen, chosen_questions, read_reference

__all__ = ["ParameterError", "Report", "chosen", "chosen_questions", "read_reference", "start"]
