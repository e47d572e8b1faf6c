// One message as a row of the chat: bubble, quoted header, media, text, time, inline keyboard.

import { directionOf, el, iconButton } from "./elements.js";
import { renderText } from "./entities.js";
import { inlineKeyboard } from "./keyboards.js";
import { renderMedia, summary } from "./media.js";

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** The local day of a message as a comparable string, and as it is shown. */
export function dayOf(message) {
  const date = new Date(message.date * 1000);
  return { key: `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`, label: DAY.format(date) };
}

/** A new, empty row for the message; fillRow gives it content. */
export function newRow(message) {
  return el("div", { class: "row", "data-id": message.message_id, tabindex: "-1", role: "article" });
}

/**
 * Fills a row with the message, in place: the row itself stays, so an edit neither moves nor flickers.
 * `actions`: openLink, sendCommand, tap, copy, say, openMenu(message, anchor), goTo(messageId).
 */
export function fillRow(row, message, actions) {
  const outgoing = message.outgoing === true;
  row.classList.toggle("out", outgoing);
  row.classList.toggle("in", !outgoing);
  if (isService(message)) {
    row.classList.add("service");
    row.replaceChildren(el("p", { class: "service-line" }, serviceText(message)));
    return;
  }
  const more = iconButton("more", "Message actions", { class: "icon-button row-more", tabindex: "-1", "aria-haspopup": "menu" });
  more.addEventListener("click", () => actions.openMenu(message, more));
  row.replaceChildren(el("div", { class: "stack" }, el("div", { class: "bubble-line" }, bubble(message, actions), message.reaction && el("span", { class: "reaction", role: "img", "aria-label": `Reaction ${message.reaction}` }, message.reaction), more), inlineKeyboard(message, actions)));
}

function bubble(message, actions) {
  const text = message.text ?? message.caption ?? "";
  const entities = message.entities ?? message.caption_entities;
  const media = renderMedia(message);
  const bare = media?.classList.contains("sticker") === true && text === "";
  return el(
    "div",
    { class: `bubble${bare ? " bare" : ""}${message.has_protected_content ? " protected" : ""}`, dir: "auto" },
    message.forward_origin && el("span", { class: "forwarded", dir: "ltr" }, `Forwarded from ${originOf(message.forward_origin)}`),
    message.reply_to_message && quoted(message.reply_to_message, actions),
    media,
    text === "" ? meta(message, text) : words(message, text, entities, actions),
  );
}

function words(message, text, entities, actions) {
  const nodes = renderText(text, entities, actions);
  const endsInBlock = nodes.at(-1) instanceof Element && nodes.at(-1).matches("blockquote, pre");
  return el("div", { class: "text" }, nodes, meta(message, text, endsInBlock));
}

function quoted(message, actions) {
  return el(
    "button",
    { type: "button", class: "quoted", dir: "auto", onclick: () => actions.goTo(message.message_id) },
    el("bdi", { class: "quoted-name" }, message.from?.first_name ?? "Message"),
    el("span", { class: "quoted-text" }, summary(message)),
  );
}

function meta(message, text, afterBlock = false) {
  const date = new Date(message.date * 1000);
  // The time stands at the end of the last line, on the side where that line ends.
  const last = text.trimEnd().split("\n").at(-1) ?? "";
  const side = directionOf(last, directionOf(text)) === "rtl" ? "ends-left" : "ends-right";
  return el(
    "span",
    { class: `meta ${side}${afterBlock ? " after-block" : ""}`, dir: "ltr" },
    message.edit_date !== undefined && el("span", { class: "edited" }, "edited"),
    el("time", { datetime: date.toISOString(), title: FULL.format(date) }, CLOCK.format(date)),
  );
}

function originOf(origin) {
  return origin.sender_user?.first_name ?? origin.sender_user_name ?? origin.chat?.title ?? origin.sender_chat?.title ?? "someone";
}

function isService(message) {
  return "pinned_message" in message || "message_auto_delete_timer_changed" in message || "write_access_allowed" in message;
}

function serviceText(message) {
  if ("pinned_message" in message) return `Pinned: ${summary(message.pinned_message).slice(0, 60)}`;
  if ("write_access_allowed" in message) return "The bot may write to this person";
  return "The time after which messages vanish was changed";
}
