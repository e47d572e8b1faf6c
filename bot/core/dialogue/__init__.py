"""The guided dialogue: draft + event in, draft + effects out. Pure; resuming after a restart is loading a draft.

Not here: Telegram, sentences, sealing. A new kind of question is a file in `steps/` and its line in `steps.KINDS`.
"""
