"""Reference: a program that imports `telegram.ext` and does nothing."""

import telegram.ext

if __name__ == "__main__":
    assert telegram.ext.__name__
    print('"ready"', flush=True)
