"""The questionnaires room, tested."""
