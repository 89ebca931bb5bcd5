"""Shared functions of the survey notebooks: load, estimate, test, draw, say, run."""

LANGUAGES = ("en", "ja")
VERSION = "1.0.0"
