// The list of messages of one phone: appended to, edited and thinned in place, never drawn anew as a whole.

import { dayOf, fillRow, newRow } from "./bubbles.js";
import { el, iconButton } from "./elements.js";

const NEAR_THE_END = 80; // pixels: closer than this, a new message scrolls the list along
const HOLD = 550; // ms of a long press

export class Chat {
  /** `actions` as in bubbles.js without goTo; `label` names the list for screen readers. */
  constructor(label, actions) {
    this.actions = { ...actions, goTo: (id) => this.goTo(id) };
    this.rows = new Map(); // message id → {row, message, written}
    this.unseen = 0;
    this.lastTop = 0;
    this.lastHeight = 0;
    this.changing = 0; // changes whose scroll event may still come
    this.lastId = -Infinity;
    this.handled = false; // a hand has been at the list since it was last taken to its end
    this.awaiting = false; // a button was pressed, and nothing has come of it yet
    this.list = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions", "aria-label": label, tabindex: "0" });
    this.content = el("div", { class: "messages" });
    this.list.append(this.content);
    this.badge = el("span", { class: "jump-count" });
    this.jump = iconButton("down", "To the newest message", { class: "icon-button jump", hidden: true });
    this.jump.append(this.badge);
    this.node = el("div", { class: "wall" }, this.list, this.jump);
    this.jump.addEventListener("click", () => this.toEnd("smooth"));
    this.list.addEventListener("scroll", () => this.onScroll(), { passive: true });
    this.list.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("contextmenu", (event) => this.onContextMenu(event));
    this.list.addEventListener("pointerdown", (event) => this.onPress(event), { passive: true });
    for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) this.list.addEventListener(kind, (event) => this.onHand(event), { passive: true });
    // The room changes when a keyboard opens below or a photo arrives: the end stays in view.
    this.following = true;
    const watch = new ResizeObserver(() => this.following && this.toEnd());
    watch.observe(this.list);
    watch.observe(this.content);
  }

  get size() {
    return this.rows.size;
  }

  message(id) {
    return this.rows.get(id)?.message;
  }

  /** Makes the list equal to `messages` (ascending ids), touching only what differs. */
  reconcile(messages) {
    const wanted = new Set(messages.map((message) => message.message_id));
    for (const id of [...this.rows.keys()]) if (!wanted.has(id)) this.remove(id);
    const first = this.rows.size === 0;
    this.list.setAttribute("aria-busy", "true");
    for (const message of messages) this.put(message, first);
    this.list.removeAttribute("aria-busy");
    if (first || this.following) this.toEnd();
  }

  /** Adds the message, or replaces it where it stands. */
  put(message, quietly = false) {
    const id = message.message_id;
    const known = this.rows.get(id);
    const written = JSON.stringify(message);
    if (known) {
      if (known.written !== written) this.rewrite(known, message, written);
      return;
    }
    this.changes();
    const row = newRow(message);
    fillRow(row, message, this.actions);
    this.rows.set(id, { row, message, written });
    const stays = this.following;
    if (id > this.lastId) this.append(row, message);
    else this.insert(row, id, message);
    if (quietly) return;
    // Whoever follows is taken to the end by the ResizeObserver, once per frame however many messages arrive.
    if (stays) return;
    if (message.outgoing || this.awaiting) this.follow();
    else this.count(1);
  }

  append(row, message) {
    const day = dayOf(message);
    if (day.key !== this.lastDay) this.content.append(separator(day));
    this.lastDay = day.key;
    this.lastId = message.message_id;
    this.content.append(row);
    this.makeActive(row);
  }

  insert(row, id, message) {
    // Rare: an older message that was missed. Map keys keep the order of arrival, so the ids are compared.
    const later = Math.min(...[...this.rows.keys()].filter((other) => other > id));
    const next = this.rows.get(later).row;
    const before = next.previousElementSibling;
    const sameDay = dayOf(message).key === dayOf(this.message(later)).key;
    if (sameDay || !before?.classList.contains("day")) return next.before(row);
    return before.before(row);
  }

  rewrite(known, message, written) {
    this.changes();
    const focused = known.row.contains(document.activeElement) ? document.activeElement : null;
    const position = focused ? controls(known.row).indexOf(focused) : -1;
    const data = focused?.dataset.callback;
    known.message = message;
    known.written = written;
    fillRow(known.row, message, this.actions);
    if (known.row === this.active) this.makeActive(known.row);
    if (focused) {
      // Whoever works by keyboard stays where they were: same button, else same place, else the message.
      const after = controls(known.row);
      const same = after.find((node) => data !== undefined && node.dataset.callback === data);
      (same ?? after[position] ?? known.row).focus({ preventScroll: true });
    }
  }

  remove(id) {
    const known = this.rows.get(id);
    if (!known) return;
    this.changes();
    this.rows.delete(id);
    const { row } = known;
    const before = row.previousElementSibling;
    const after = row.nextElementSibling;
    const hadFocus = row.contains(document.activeElement);
    row.remove();
    if (before?.classList.contains("day") && (!after || after.classList.contains("day"))) {
      before.remove();
      if (!after) this.lastDay = this.content.lastElementChild ? dayOf(this.newest().message).key : undefined;
    }
    if (id === this.lastId) this.lastId = this.newest()?.message.message_id ?? -Infinity;
    if (row === this.active) this.makeActive(this.newest()?.row);
    if (hadFocus) (this.active ?? this.list).focus({ preventScroll: true });
  }

  newest() {
    const rows = this.content.querySelectorAll(".row");
    const last = rows[rows.length - 1];
    return last && this.rows.get(Number(last.dataset.id));
  }

  goTo(id) {
    const row = this.rows.get(id)?.row;
    if (!row) return;
    this.handled = true; // who looks at an older message stays there
    row.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
    row.classList.remove("flash");
    requestAnimationFrame(() => row.classList.add("flash"));
    row.addEventListener("animationend", () => row.classList.remove("flash"), { once: true });
    this.makeActive(row);
    row.focus({ preventScroll: true });
  }

  /** What comes of the button just pressed is shown, wherever the list stands; unless a hand moves it meanwhile. */
  awaits() {
    this.awaiting = true;
  }

  /** Takes whoever stood further up along; what came may be as high as what went, so the size need not change. */
  follow() {
    this.following = true;
    requestAnimationFrame(() => this.following && this.toEnd());
  }

  toEnd(behavior = "auto") {
    this.following = true;
    this.handled = this.awaiting = false;
    this.list.scrollTo({ top: this.list.scrollHeight, behavior: calm() ? "auto" : behavior });
    this.remember();
    this.count(-this.unseen);
  }

  /** The frame that draws a change may move the list; the event for that comes with the frame after it. */
  changes() {
    this.changing += 1;
    requestAnimationFrame(() => requestAnimationFrame(() => (this.changing -= 1)));
  }

  /** Where the list stands, for the next scroll event. */
  remember() {
    this.lastTop = this.list.scrollTop;
    this.lastHeight = this.list.scrollHeight;
  }

  count(change) {
    this.unseen += change;
    this.badge.textContent = this.unseen > 0 ? String(this.unseen) : "";
    this.jump.hidden = this.following;
  }

  onScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.list;
    // Only a hand that scrolls back stops the list from following. Content that grows or shrinks does not, though the
    // browser moves the list back by itself when a question above becomes a short line, nor does a program that brings
    // a button into view. What goes and what comes may be equally high: then no size has changed, and nothing but this
    // takes the list to its end.
    if (scrollHeight - clientHeight - scrollTop < NEAR_THE_END) this.following = true;
    else if (this.following && this.changing > 0) return this.toEnd();
    else if (this.handled && scrollTop < this.lastTop && scrollHeight === this.lastHeight) this.following = false;
    this.remember();
    this.count(this.following ? -this.unseen : 0);
  }

  /** Whatever can scroll: a wheel, a finger, a key, the scroll bar. Pressing a button cannot. */
  onHand(event) {
    if (event.target.closest("a, button") && (event.type === "pointerdown" || event.key === "Enter" || event.key === " ")) return;
    this.handled = true;
    this.awaiting = false;
  }

  /** One message at a time is a stop for Tab; the arrow keys move from message to message. */
  makeActive(row) {
    if (this.active) setStop(this.active, "-1");
    this.active = row;
    if (row) setStop(row, "0");
  }

  onKey(event) {
    const row = event.target.closest(".row");
    const onRow = event.target === row || event.target === this.list;
    if ((event.key === "ArrowUp" || event.key === "ArrowDown") && onRow) {
      const next = row ? sibling(row, event.key === "ArrowUp") : this.active;
      if (!next) return;
      event.preventDefault();
      this.makeActive(next);
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    } else if (row && (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey) || (event.key === "Enter" && event.target === row))) {
      event.preventDefault();
      this.openMenu(row);
    }
  }

  onContextMenu(event) {
    const row = event.target.closest(".row");
    if (!row || event.target.closest("a, button, img") || String(getSelection()) !== "") return;
    event.preventDefault();
    this.makeActive(row);
    this.openMenu(row, { x: event.clientX, y: event.clientY });
  }

  /** A long press opens the menu where the browser makes no contextmenu of it (Safari on phones). */
  onPress(event) {
    if (event.pointerType !== "touch" || event.target.closest("a, button")) return;
    const held = new AbortController();
    const timer = setTimeout(() => {
      held.abort();
      if (!document.querySelector(".menu")) this.onContextMenu(event);
    }, HOLD);
    held.signal.addEventListener("abort", () => clearTimeout(timer));
    for (const end of ["pointerup", "pointercancel", "pointermove", "scroll"]) window.addEventListener(end, () => held.abort(), { signal: held.signal, capture: true });
  }

  openMenu(row, point) {
    const known = this.rows.get(Number(row.dataset.id));
    const anchor = row.querySelector(".row-more");
    if (known && anchor) this.actions.openMenu(known.message, anchor, point);
  }
}

function separator(day) {
  return el("div", { class: "day", role: "separator", "aria-label": day.label }, el("span", {}, day.label));
}

function controls(row) {
  return [...row.querySelectorAll("button, a[href], [tabindex='0']")];
}

function setStop(row, value) {
  row.tabIndex = Number(value);
  const more = row.querySelector(".row-more");
  if (more) more.tabIndex = Number(value);
}

function sibling(row, backwards) {
  let next = row;
  do next = backwards ? next.previousElementSibling : next.nextElementSibling;
  while (next && !next.classList.contains("row"));
  return next;
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
