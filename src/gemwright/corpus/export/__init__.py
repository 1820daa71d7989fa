"""The corpus in other people's forms: OSV for scanners, JSON for programs, llms.txt for models."""

from gemwright.corpus.export.jsonapi import json_api
from gemwright.corpus.export.llmstxt import llms_txt
from gemwright.corpus.export.osv import osv

__all__ = ["FORMS", "json_api", "llms_txt", "osv"]

FORMS = {"json": json_api, "osv": osv, "llms": llms_txt}
"""Each form by name: a function from a catalog to the texts of files by their paths."""
