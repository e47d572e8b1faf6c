"""What several rooms' tests need: a running emulator and people who act in it."""
