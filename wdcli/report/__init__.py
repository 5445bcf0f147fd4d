"""From results to what a person or a program reads: tables, words, JSON, CSV. Nothing here prints."""
