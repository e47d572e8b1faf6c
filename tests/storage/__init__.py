"""Tests of the stores, over real files."""
