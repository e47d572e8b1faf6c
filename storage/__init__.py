"""Where things rest: three stores that share no value which would join them. See `storage/factory.py`."""
