"""Reference: an echo on the bot's own transport (`handlers.transport`), with PTB fetching, dispatching and sending.

`python -m benchmarks.transport_echo URL TOKEN`
"""

import sys

from telegram import Update
from telegram.ext import Application, MessageHandler, filters

from benchmarks.stock_ptb_echo import echo
from handlers.application import new_bot


def main() -> None:
    """Run until SIGTERM."""
    url, token = sys.argv[1:]
    application = Application.builder().bot(new_bot(token, url)).concurrent_updates(256).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    print('"ready"', flush=True)
    application.run_polling(allowed_updates=[Update.MESSAGE])


if __name__ == "__main__":
    main()
