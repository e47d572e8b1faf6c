"""Telegram, and nothing but."""
