"""The encrypted rooms: see storage/factory.py."""
