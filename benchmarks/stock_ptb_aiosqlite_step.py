"""Reference: the usual stack. PTB out of the box; each answer sealed to two age keys, then aiosqlite, an await each.

`python -m benchmarks.stock_ptb_aiosqlite_step URL TOKEN FOLDER`
"""

import os
import sys
from pathlib import Path

import aiosqlite
import pyrage  # type: ignore[import-untyped]  # the wheel has no type information
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

RECIPIENTS = [pyrage.x25519.Identity.generate().to_public() for _ in range(2)]


class Step:
    """Keeps every answer, and where its chat stands, before it replies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: aiosqlite.Connection | None = None

    async def open(self, application: object) -> None:
        """Make the tables."""
        del application
        self._database = await aiosqlite.connect(self._path)
        await self._database.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE answers (id INTEGER PRIMARY KEY, part BLOB, sealed BLOB);"
            "CREATE TABLE chats (chat INTEGER PRIMARY KEY, step TEXT, count INTEGER)"
        )

    async def close(self, application: object) -> None:
        """Close the file."""
        del application
        if self._database is not None:
            await self._database.close()

    async def take(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Seal, commit, reply."""
        del context
        message, database = update.message, self._database
        if message is None or message.text is None or database is None:
            return
        async with database.execute("SELECT 1 FROM answers WHERE id = ?", (update.update_id,)) as cursor:
            if await cursor.fetchone() is not None:
                return
        sealed = pyrage.encrypt(message.text.encode().ljust(512), RECIPIENTS)
        await database.execute("INSERT INTO answers VALUES (?, ?, ?)", (update.update_id, os.urandom(16), sealed))
        await database.execute(
            "INSERT INTO chats VALUES (?, 'open', 1) ON CONFLICT (chat) DO UPDATE SET count = count + 1",
            (message.chat_id,),
        )
        await database.commit()
        await message.reply_text("Saved.")


def main() -> None:
    """Run until SIGTERM."""
    url, token, folder = sys.argv[1:]
    step = Step(Path(folder) / "usual.db")
    builder = Application.builder().token(token).base_url(f"{url}/bot")
    application = builder.post_init(step.open).post_shutdown(step.close).build()
    application.add_handler(MessageHandler(filters.TEXT, step.take))
    print('"ready"', flush=True)
    application.run_polling()


if __name__ == "__main__":
    main()
