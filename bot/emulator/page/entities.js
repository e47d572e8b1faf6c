// Message text and its entities, turned into nodes. Offsets count UTF-16 units, as JavaScript strings do.

import { el, icon } from "./elements.js";

const PLAIN_TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

/** Nodes for `text`. `actions` has openLink(address), sendCommand(text). */
export function renderText(text, entities, actions) {
  const ordered = [...(entities ?? [])]
    .filter((entity) => entity.length > 0 && entity.offset < text.length)
    .filter((entity, index, all) => all.findIndex((other) => sameSpan(entity, other)) === index)
    .map((entity) => ({ ...entity, end: Math.min(text.length, entity.offset + entity.length) }))
    .sort((a, b) => a.offset - b.offset || b.end - a.end || BLOCKS.has(b.type) - BLOCKS.has(a.type));
  return span(text, 0, text.length, ordered, actions);
}

function sameSpan(one, other) {
  return one.type === other.type && one.offset === other.offset && one.length === other.length;
}

function span(text, start, end, entities, actions) {
  const nodes = [];
  let at = start;
  let rest = entities;
  while (rest.length > 0) {
    const [entity, ...others] = rest;
    if (entity.offset > at) nodes.push(text.slice(at, entity.offset));
    const inner = others.filter((other) => other.offset < entity.end);
    // Entities nest; should two overlap, the inner one is cut at the border and goes on after it.
    const spilled = inner
      .filter((other) => other.end > entity.end)
      .map((other) => ({ ...other, offset: entity.end }));
    const clipped = inner.map((other) => ({ ...other, end: Math.min(other.end, entity.end) }));
    const content = span(text, entity.offset, entity.end, clipped, actions);
    nodes.push(node(entity, text.slice(entity.offset, entity.end), content, actions));
    at = entity.end;
    // A block ends its own line, so the line break behind it would show as an empty line.
    if (BLOCKS.has(entity.type) && text[at] === "\n" && at < end) at += 1;
    rest = [...spilled, ...others.filter((other) => other.offset >= entity.end)];
    rest = rest.map((other) => (other.offset < at ? { ...other, offset: at } : other)).filter((other) => other.end > at);
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function node(entity, text, content, actions) {
  if (entity.type in PLAIN_TAGS) return el(PLAIN_TAGS[entity.type], {}, content);
  switch (entity.type) {
    case "pre":
      return el("pre", { dir: "auto", tabindex: "0", "data-language": entity.language }, el("code", {}, content));
    case "blockquote":
      return el("blockquote", { dir: "auto" }, content);
    case "expandable_blockquote":
      return expandable(content);
    case "spoiler":
      return spoiler(content);
    case "text_link":
      return link(entity.url, content, actions);
    case "url":
      return link(text, content, actions);
    case "email":
      return el("span", { class: "quiet-link" }, content);
    case "bot_command":
      return command(() => actions.sendCommand(text), content);
    case "date_time":
      return moment(entity, content);
    case "mention":
    case "text_mention":
    case "hashtag":
    case "cashtag":
    case "phone_number":
      return el("span", { class: "quiet-link" }, content);
    default:
      return el("span", {}, content);
  }
}

// No button element, which is a box: a line would break before and behind it. And no direction of its own, so that what
// Telegram would turn round is turned round here.
function command(send, content) {
  const onkeydown = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    send();
  };
  return el("span", { role: "button", tabindex: "0", class: "text-button", onclick: send, onkeydown }, content);
}

function link(address, content, actions) {
  const full = /^[a-z][a-z0-9+.-]*:/iu.test(address) ? address : `https://${address}`;
  if (!/^(https?|tg):/iu.test(full)) return el("span", {}, content);
  return el(
    "a",
    {
      href: full,
      rel: "noopener noreferrer",
      target: "_blank",
      onclick: (event) => {
        event.preventDefault();
        actions.openLink(full);
      },
    },
    content,
  );
}

function spoiler(content) {
  const hidden = el("span", { class: "spoiler-text", "aria-hidden": "true" }, content);
  const cover = el("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Hidden text, press to show" }, hidden);
  const reveal = (event) => {
    if (cover.classList.contains("shown")) return;
    event.preventDefault();
    event.stopPropagation();
    cover.classList.add("shown");
    hidden.removeAttribute("aria-hidden");
    for (const name of ["role", "tabindex", "aria-label"]) cover.removeAttribute(name);
  };
  cover.addEventListener("click", reveal);
  cover.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && reveal(event));
  return cover;
}

function expandable(content) {
  const body = el("div", { class: "fold-body" }, content);
  const label = el("span", {}, "Show more");
  const toggle = el("button", { type: "button", class: "fold-toggle", dir: "ltr", "aria-expanded": "false", hidden: true }, label, icon("down"));
  const quote = el("blockquote", { dir: "auto", class: "fold" }, body, toggle);
  toggle.addEventListener("click", () => {
    const open = quote.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
    label.textContent = open ? "Show less" : "Show more";
  });
  // Whether three lines are enough depends on the width, which is known only once the bubble is laid out.
  const watch = new ResizeObserver(() => {
    if (!body.isConnected) return watch.disconnect();
    if (!quote.classList.contains("open")) toggle.hidden = body.scrollHeight <= body.clientHeight + 1;
  });
  watch.observe(body);
  return quote;
}

function moment(entity, content) {
  const time = new Date((entity.unix_time ?? 0) * 1000);
  const title = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" }).format(time);
  return el("time", { class: "quiet-link", datetime: time.toISOString(), title }, content);
}
