"""Reference: python-telegram-bot out of the box, which answers each text with the same text and keeps nothing.

`python -m benchmarks.stock_ptb_echo URL TOKEN [CONCURRENT]`; with CONCURRENT, updates are handled beside one another
and the connection pool is made as large as its documentation advises.
"""

import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer."""
    del context
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text)


def main() -> None:
    """Run until SIGTERM."""
    url, token, *rest = sys.argv[1:]
    builder = Application.builder().token(token).base_url(f"{url}/bot")
    if rest:
        builder = builder.concurrent_updates(int(rest[0])).connection_pool_size(2 * int(rest[0]))
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    print('"ready"', flush=True)
    application.run_polling()


if __name__ == "__main__":
    main()
