"""The exports room, tested."""
