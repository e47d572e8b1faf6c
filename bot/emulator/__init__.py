"""A small Telegram: people, chats and the Bot API over loopback HTTP, for demo, tests and screenshots.

`server.running()` starts it inside a running event loop; `python -m bot.emulator --port 8081` starts it alone.
It knows the Bot API's wire form and nothing of this project, so that it cannot share our misunderstandings.
"""
