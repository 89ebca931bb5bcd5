"""A survey's folder, read, checked and handed out."""

from .folder import DATA, RESPONSES, ROOT, Problem, Survey, SurveyError, find_folder, load, read_codebook, read_folder

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
