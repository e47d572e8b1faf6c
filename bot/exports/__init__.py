"""What leaves the server, sealed, and what the secretariat makes of it on its own computer.

`bundle` writes and verifies FILE.zip, `opening` opens it to lines, `formats` lists what becomes of them.
Not here: keys (`bot.sealing`), the stores (`storage`).
"""
