"""Hiring as Greenhouse and Lever export it: tables in a folder, read into one shape, written once by external_id."""
