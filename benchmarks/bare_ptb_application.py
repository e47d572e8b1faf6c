"""Reference: an application of python-telegram-bot without a single handler, polling.

`python -m benchmarks.bare_ptb_application URL TOKEN`
"""

import sys

from telegram.ext import Application

if __name__ == "__main__":
    url, token = sys.argv[1:]
    Application.builder().token(token).base_url(f"{url}/bot").build().run_polling()
