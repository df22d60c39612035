"""Moderation: what is reported, held, decided, told and appealed, and the record of it."""
