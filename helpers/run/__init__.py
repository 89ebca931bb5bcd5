"""Notebooks run through papermill; the only package that starts processes."""
