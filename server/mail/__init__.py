"""Mails: their words, how they are written, and how they leave the house (MSG1-MSG3)."""
