"""A survey's folder, read, checked and handed out; nothing here writes."""

from .folder import DATA, ROOT, find_folder, read_codebook, read_folder
from .model import Survey, load
from .problems import Problem, SurveyError
from .schemas import RESPONSES

__all__ = [
    "DATA",
    "RESPONSES",
    "ROOT",
    "Problem",
    "Survey",
    "SurveyError",
    "find_folder",
    "load",
    "read_codebook",
    "read_folder",
]
