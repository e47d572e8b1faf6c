"""Planted faults: each is put into a private copy of the sources, and a named test has to fail because of it.

A suite that passes shows little until it was seen to fail. A fault whose feature does not exist yet is listed as that,
and counts for nothing. Not here: copying and editing (`private_tree`).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults import private_tree
from tests.faults.private_tree import Edit, planted, run_tests
from tests.faults.result import Extent, Result, progress
from tests.faults.syscalls import STRACE


@dataclass(frozen=True)
class Fault:
    """One fault, and the test that must notice it. Without edits it cannot be planted yet; `missing` says why."""

    name: str
    edits: Sequence[Edit] = ()
    test: str = ""
    because: str = ""
    """Stands in what pytest says when it fails for the right reason."""
    missing: str = ""
    smoke: bool = False
    """Quick enough for every run of the tests."""
    needs_strace: bool = False
    beside: bool = False
    """Not one of the eighteen."""


FAULTS: tuple[Fault, ...] = (
    Fault(
        "acknowledge before commit",
        [
            Edit(
                "handlers/conversing.py",
                '        crash_point("before_commit")\n',
                "        self._delivery.post(chat, Batch(messages, origin.tapped, origin.callback))\n",
            ),
            Edit(
                "handlers/conversing.py",
                "        self._delivery.post(chat, batch)\n",
                "",
            ),
        ],
        "tests/faults/test_model.py::test_nothing_is_said_before_it_is_kept",
        because="said before it was kept",
    ),
    Fault(
        "synchronous=NORMAL instead of FULL",
        [Edit("storage/sqlite/connection.py", '"PRAGMA synchronous=FULL"', '"PRAGMA synchronous=NORMAL"')],
        "tests/faults/test_power_cut.py::test_whatever_a_power_cut_leaves_has_all_that_was_acknowledged_once",
        because="an update was confirmed, and its effect is gone",
        needs_strace=True,
    ),
    Fault(
        "confirm before processing",
        [Edit("handlers/window.py", "self.offset = min(self.open)", "self.offset = max(self.open) + 1")],
        "tests/handlers/test_intake.py::test_nothing_is_confirmed_past_an_uncommitted_update",
        because="AssertionError",
    ),
    Fault(
        "no check of the update's number",
        [
            Edit("storage/sealed.py", "return self._work.handled(update)", "return False"),
            Edit("storage/sqlite/work.py", '"INSERT OR IGNORE INTO updates', '"INSERT OR REPLACE INTO updates'),
        ],
        "tests/storage/test_store.py::test_an_update_has_one_effect",
        because="AssertionError",
    ),
    Fault(
        "an unknown outcome of a broadcast is sent again",
        [
            Edit(
                "storage/sqlite/ledger.py",
                "SET state = 'unknown', reason = 'crash' WHERE state = 'trying'",
                "SET state = 'waiting', reason = '' WHERE state = 'trying'",
            )
        ],
        "tests/storage/test_outbox.py"
        "::test_what_was_being_tried_when_the_process_ended_is_unknown_and_never_taken_again",
        because="AssertionError",
    ),
    Fault(
        "seal skipped",
        [
            Edit(
                "bot/sealing.py",
                "return self.seal_bytes(padded(to_json(document)))",
                "return padded(to_json(document))",
            )
        ],
        "tests/storage/test_separation.py::test_nothing_in_the_files_can_be_read",
        because="AssertionError",
        smoke=True,
    ),
    Fault(
        "one recipient only",
        [
            Edit(
                "bot/sealing.py",
                "self._keys = [keys[text] for text in self.texts]",
                "self._keys = [keys[text] for text in self.texts][:1]",
            )
        ],
        "tests/test_sealing.py::test_any_text_reads_back_as_it_was_with_either_key",
        because="part_does_not_open",
    ),
    Fault(
        "text in the log",
        [
            Edit(
                "handlers/conversing.py",
                '        crash_point("before_commit")\n',
                '        crash_point("before_commit")\n        __import__("sys").stderr.write(f"{event}\\n")\n',
            )
        ],
        "tests/journeys/test_leaks.py::test_the_server_keeps_no_words_names_or_numbers",
        because="bot.log",
    ),
    Fault(
        "no checkpoint after an erasure",
        [
            Edit(
                "storage/sqlite/connection.py",
                "truncated = await self._truncate() if any(one.erases for one in waiting) else None",
                "truncated = True",
            )
        ],
        "tests/storage/test_erasure.py::test_an_erased_draft_leaves_nothing_in_any_file",
        because="AssertionError",
    ),
    Fault(
        "a chat is tidied before the commit",
        [Edit("handlers/tidying.py", "*(self._rested(waiting) if safe else ())", "*self._rested(waiting)")],
        "tests/journeys/test_tidying.py::"
        "test_nothing_leaves_it_before_there_are_two_copies_and_everything_after_40_hours",
        because="AssertionError",
    ),
    Fault(
        "a chat is never tidied",
        [
            Edit(
                "handlers/tidying.py",
                "await self._delete(list({row.id: row for row in (*due, *late)}.values()))",
                "_ = [*due, *late]",
            )
        ],
        "tests/journeys/test_tidying.py::test_what_was_handed_in_leaves_the_chat_on_both_sides",
        because="NotSeenError",
    ),
    Fault(
        "the same person approves twice",
        [
            Edit(
                "bot/core/outbox.py",
                "    if actor in broadcast.writers:\n        raise",
                "    if False:\n        raise",
            )
        ],
        "tests/core/test_outbox.py::test_the_same_person_cannot_approve",
        because="DID NOT RAISE",
        smoke=True,
    ),
    Fault(
        "a formula is not escaped",
        [Edit("bot/exports/to_csv.py", """guard = "'" if _GUARDED.match(text) else \"\"""", 'guard = ""')],
        "tests/exports/test_formats.py::test_cells_are_safe_and_reversible",
        because="AssertionError",
        smoke=True,
    ),
    Fault(
        "a text is cut at 32,767 characters",
        [Edit("bot/exports/to_xlsx.py", "parts = pieces(text, _ROOM)", "parts = [text[:CELL]]")],
        "tests/exports/test_formats.py::test_a_long_text_is_split_visibly_and_can_be_joined",
        because="Continued",
    ),
    Fault(
        "withdrawals are ignored",
        [
            Edit(
                "bot/exports/opening.py",
                'return merge((_with_state(line, newest) for line in lines), stones, key=itemgetter("contribution"))',
                "return (_with_state(line, newest) for line in lines)",
            )
        ],
        "tests/exports/test_bundle.py::test_a_withdrawn_contribution_leaves_a_tombstone",
        because="KeyError",
    ),
    Fault(
        "the owner's tag in the vault",
        [
            Edit(
                "storage/sealed.py",
                "self._sealed_submission(change.submission)",
                "self._sealed_submission(change.submission, change.chat)",
            ),
            Edit(
                "storage/sealed.py",
                "def _sealed_submission(self, submission: Submission)",
                "def _sealed_submission(self, submission: Submission, chat: ChatId)",
            ),
            Edit(
                "storage/sealed.py",
                "self._tags.receipt(submission.receipt),",
                "self._tags.contact(chat, submission.consultation),",
            ),
        ],
        "tests/storage/test_separation.py::test_no_value_joins_two_files",
        because="joinable",
    ),
    Fault(
        "the mover is not idempotent",
        [
            Edit(
                "storage/sqlite/vault.py",
                "if not bundle.parts or connection.execute(_KNOWN, (bundle.contribution,)).fetchone():",
                "if not bundle.parts:",
            ),
        ],
        "tests/storage/test_mover.py::test_after_a_crash_between_any_two_steps_it_is_moved_once",
        because="IntegrityError",
    ),
    Fault(
        "times to live by the machine's clock only",
        [
            Edit(
                "bot/clock.py",
                "return machine if abs(machine - telegram) <= TOLERANCE else telegram",
                "return machine",
            )
        ],
        "tests/test_clock.py::test_a_jump_of_the_machine_changes_nothing",
        because="AssertionError",
    ),
    Fault(
        "the sender repeats a briefing whose outcome is unknown",
        [Edit("handlers/sender.py", "BRIEFING = (False, True, False, 600.0)", "BRIEFING = (True, True, False, 600.0)")],
        "tests/handlers/test_sender.py::test_an_unknown_outcome_repeats_a_prompt_and_never_a_briefing",
        because="AssertionError",
        beside=True,
    ),
    Fault(
        "a button that we never made is not refused",
        [Edit("handlers/buttons.py", "if do in set(Do):", "if do:")],
        "tests/faults/test_fuzz.py::test_whatever_comes_in",
        because="ValueError",
        beside=True,
    ),
    Fault(
        "an edited answer takes the others of its draft along",
        [
            Edit(
                "storage/sqlite/work.py",
                "if effect.erases_draft or effect.session is None:",
                "if effect.dropped or effect.erases_draft or effect.session is None:",
            )
        ],
        "tests/faults/test_model.py::test_any_order_of_events_keeps_the_promises",
        because="an acknowledged answer is there 0 times",
        beside=True,
    ),
    Fault(
        "a part that comes again goes into the next export too",
        [
            Edit(
                "storage/sqlite/vault.py",
                "if not bundle.parts or connection.execute(_KNOWN, (bundle.contribution,)).fetchone():",
                "if not bundle.parts:",
            ),
            Edit(
                "storage/sqlite/vault.py",
                '"INSERT INTO contributions VALUES',
                '"INSERT OR REPLACE INTO contributions VALUES',
            ),
            Edit("storage/sqlite/vault.py", '"INSERT INTO parts VALUES', '"INSERT OR REPLACE INTO parts VALUES'),
        ],
        "tests/storage/test_mover.py::test_a_mover_that_comes_late_changes_nothing",
        because="AssertionError",
        beside=True,
    ),
    Fault(
        "the mover erases before the vault has it",
        [
            Edit("storage/mover.py", "moved += await self._mover.store(bundles)", "await self._mover.erase(bundles)"),
            Edit(
                "storage/mover.py",
                '"mover_stored")\n            await self._mover.erase(bundles)',
                '"mover_stored")\n            moved += await self._mover.store(bundles)',
            ),
        ],
        "tests/storage/test_mover.py::test_while_the_vault_cannot_be_written_nothing_is_erased",
        because="AssertionError",
        beside=True,
    ),
    Fault(
        "news stays in the chat of whoever leaves",
        [Edit("handlers/conversing.py", "        if not numbers:\n            return ()\n", "        return ()\n")],
        "tests/journeys/test_out_of_turn.py::test_news_goes_with_whoever_leaves",
        because="NotSeenError",
        beside=True,
    ),
    Fault(
        "a message that was set aside is not remembered for deletion",
        [
            Edit(
                "handlers/conversing.py",
                "traces = () if message is None else (Trace((message,), Fate.LIVE),)",
                "traces: tuple[Trace, ...] = ()",
            )
        ],
        "tests/journeys/test_out_of_turn.py::test_what_was_set_aside_leaves_the_chat_in_time",
        because="AssertionError",
        beside=True,
    ),
    Fault(
        "a reply to a former draft is taken for the next",
        [
            Edit(
                "handlers/delivery.py",
                "chat.view = replace(chat.view, prompt=None, prompts=())",
                "chat.view = replace(chat.view, prompt=None)",
            )
        ],
        "tests/journeys/test_out_of_turn.py::test_a_reply_to_a_former_draft_changes_nothing_in_the_next",
        because="AssertionError",
        beside=True,
    ),
    Fault(
        "SPSS cuts a label of a value in silence",
        [
            Edit(
                "bot/exports/to_spss.py",
                "value: _cut(text, _VALUE_LABEL) for value, text",
                "value: text.encode()[:24].decode(errors='ignore') for value, text",
            )
        ],
        "tests/exports/test_spss.py::test_every_label_is_whole",
        because="AssertionError",
        beside=True,
    ),
    Fault(
        "SPSS cuts a long text in silence",
        [
            Edit(
                "bot/exports/to_spss.py",
                "found = [_kept(cell)] if len(cell) < _SHORT else parts_of(cell, name, self._part)",
                "found = [_kept(cell).encode()[:STRING].decode(errors='ignore')]",
            )
        ],
        "tests/exports/test_spss.py::test_nothing_is_cut_and_hostile_texts_are_visible",
        because="AssertionError",
        beside=True,
    ),
    Fault(
        "CSV lets a formula through",
        [Edit("bot/exports/to_csv.py", 'guard = "\'" if _GUARDED.match(text) else ""', 'guard = ""')],
        "tests/exports/test_formats.py::test_cells_are_safe_and_reversible",
        because="AssertionError",
        beside=True,
    ),
    Fault(
        "JSONL trims",
        [
            Edit(
                "bot/exports/to_jsonl.py",
                "to_json(line) for line",
                "to_json(line).strip().replace(b'  ', b' ') for line",
            )
        ],
        "tests/exports/test_formats.py::test_jsonl_is_the_record",
        because="AssertionError",
        beside=True,
    ),
    Fault(
        "XLSX shows a mark that turns the line",
        [
            Edit(
                "bot/exports/workbook.py",
                "        text = escapes.visible(text)\n",
                "        text = ''.join(one if one in '\\u202e\\u2067' else escapes.visible(one) for one in text)\n",
            )
        ],
        "tests/exports/test_formats.py::test_a_workbook_shows_hostile_texts_as_texts",
        because="AssertionError",
        beside=True,
    ),
    Fault(
        "XLSX cuts a long text in silence",
        [
            Edit(
                "bot/exports/workbook.py",
                "    found, start = [], 0\n    while",
                "    return [text[:longest]]\n    while",
            )
        ],
        "tests/exports/test_formats.py::test_a_long_text_is_split_visibly_and_can_be_joined",
        because="Worksheet Continued does not exist",
        beside=True,
    ),
    Fault(
        "HTML takes a text for markup",
        [Edit("bot/exports/page.py", "return escape(visible(text))", "return visible(text)")],
        "tests/exports/test_documents.py::test_a_page_shows_hostile_texts_as_texts_and_loads_nothing",
        because="AssertionError",
        beside=True,
    ),
    Fault(
        "Word shows a mark that turns the line",
        [
            Edit(
                "bot/exports/word.py",
                "escape(visible(run.text), quote=False)",
                "escape(''.join(one if one == '\\u202e' else visible(one) for one in run.text), quote=False)",
            )
        ],
        "tests/exports/test_documents.py::test_a_word_file_opens_with_every_text",
        because="AssertionError",
        beside=True,
    ),
    Fault(
        "Flow Results change a text",
        [
            Edit(
                "bot/exports/to_flow_results.py", "    return str(answer), {}\n", "    return str(answer).strip(), {}\n"
            )
        ],
        "tests/exports/test_flow_results.py::test_every_answer_is_a_row_and_every_text_is_exact",
        because="AssertionError",
        beside=True,
    ),
    Fault(
        "the desk takes a text for markup",
        [Edit("bot/desk/pages.py", "    autoescape=True,\n", "    autoescape=False,\n")],
        "tests/desk/test_pages.py::test_hostile_texts_are_visibly_harmless_on_every_page",
        because="AssertionError",
        beside=True,
    ),
    Fault(
        "the desk shows a mark that turns the line",
        [Edit("bot/desk/pages.py", "return visible(value) if isinstance(value, str) else value", "return value")],
        "tests/desk/test_pages.py::test_hostile_texts_are_visibly_harmless_on_every_page",
        because="AssertionError",
        beside=True,
    ),
    Fault(
        "what is translated from other words is published",
        [
            Edit(
                "bot/core/consolidation/state.py",
                'translation.made_by == "human" and name not in self.stale(language)',
                'translation.made_by == "human"',
            )
        ],
        "tests/desk/test_translations.py::test_what_was_made_from_other_words_is_kept_back_until_somebody_looks",
        because="AssertionError",
        beside=True,
    ),
)

EIGHTEEN = tuple(fault for fault in FAULTS if not fault.beside)


def measure(extent: Extent, folder: Path) -> list[Result]:
    """A row for each fault: the test that caught it, or why it was not planted."""
    return asyncio.run(_measure(extent, folder))


async def _measure(extent: Extent, folder: Path) -> list[Result]:
    chosen = [fault for fault in FAULTS if fault.smoke or extent is not Extent.SMOKE]
    tree = private_tree.copy(folder)
    # A test that fails without the fault shows nothing.
    progress("planted: the tests without any fault")
    unfit = await _failing(tree, sorted({fault.test for fault in chosen if _possible(fault)}))
    rows = []
    for number, fault in enumerate(chosen, start=1):
        progress(f"planted: {fault.name}, {number} of {len(chosen)}")
        rows.append(await _row(tree, fault, unfit))
    return rows


def _possible(fault: Fault) -> bool:
    return bool(fault.edits) and (STRACE is not None or not fault.needs_strace)


async def _failing(tree: Path, tests: Sequence[str]) -> str:
    """What pytest says of the tests in the sources as they are; empty when all pass."""
    code, said = await run_tests(tree, tests, 900)
    return "" if code == 0 else said


async def _row(tree: Path, fault: Fault, unfit: str) -> Result:
    name = f"planted: {fault.name}"
    if not _possible(fault):
        return Result(name, "not planted", 0, note=fault.missing or "needs strace", skipped=True)
    if unfit:
        return Result(name, fault.test, 0, ["the tests do not pass even without a fault"], unfit[-400:])
    broken = await caught(tree, fault)
    what = "not caught" if broken else f"caught by {fault.test.rpartition('::')[2]}"
    return Result(name, what, 1, broken, fault.test)


async def caught(tree: Path, fault: Fault) -> list[str]:
    """Plant it and run its test; what is wrong, nothing when the test failed as it should."""
    try:
        with planted(tree, fault.edits):
            code, said = await run_tests(tree, [fault.test])
    except private_tree.Stale as error:
        return [f"not planted: {error}"]
    if code == 0:
        return [f"{fault.test} did not notice"]
    if code != 1 or fault.because not in said:
        return [f"{fault.test} failed for another reason: {said[-600:]}"]
    return []
