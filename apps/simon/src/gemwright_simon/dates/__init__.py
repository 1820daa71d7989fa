"""Dates as genealogists write them, read into the days that they may mean.

Knows: calendars, qualifiers, the spellings of many programs and languages, Julian day numbers.
Never knows: files, people, today.
"""
