// Building DOM nodes. Text only ever becomes a text node: there is no way to hand HTML to this file.

const SVG = "http://www.w3.org/2000/svg";

/** A new element. `on<event>` functions become listeners; null, undefined and false attributes are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// Drawn for this page on a 24 grid; strokes only, so that one colour rules them all.
const PATHS = {
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  plus: "M12 5v14M5 12h14",
  send: "M12 19V5M6 11l6-6 6 6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 10l6 6 6-6",
  commands: "M4 7.5A3.5 3.5 0 0 1 7.5 4h9A3.5 3.5 0 0 1 20 7.5v9a3.5 3.5 0 0 1-3.5 3.5h-9A3.5 3.5 0 0 1 4 16.5zM13.5 8.5l-3 7",
  keyboard: "M3.5 7h17v10h-17zM7 10.5h.01M10.3 10.5h.01M13.7 10.5h.01M17 10.5h.01M8.5 14h7",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  out: "M8 16L16.5 7.5M9.5 7h7.5v7.5",
  copy: "M9 9h10v10H9zM5 15V5h10",
  reply: "M9 6L4 11l5 5M4.5 11H14a5.5 5.5 0 0 1 5.5 5.5V18",
  edit: "M5 19l1-4L16.5 4.5l3 3L9 18zM14.5 6.5l3 3",
  trash: "M5 7h14M9.5 7V4.5h5V7M7 7l.8 12.5h8.4L17 7",
  block: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM6.5 6.5l11 11",
  lock: "M6 11h12v8.5H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  person: "M12 12a3.7 3.7 0 1 0 0-7.4 3.7 3.7 0 0 0 0 7.4zM5 20c.6-3.8 3.4-5.5 7-5.5s6.4 1.7 7 5.5",
  photo: "M4 6h16v13H4zM4 16l4.5-4.5 4 4 2.5-2.5 5 5M15.5 9.5h.01",
  voice: "M12 4a2.5 2.5 0 0 0-2.5 2.5v5a2.5 2.5 0 0 0 5 0v-5A2.5 2.5 0 0 0 12 4zM6 11.5a6 6 0 0 0 12 0M12 17.5V20",
  sticker: "M5 5h14v8.5L13.5 19H5zM19 13.5h-5.5V19",
  document: "M6.5 3.5H14l4 4v13H6.5zM14 3.5v4h4M9.5 12.5h5.5M9.5 16h5.5",
  video: "M4 7h11v10H4zM15 11l5-3v8l-5-3",
  audio: "M9 17.5V6l10-2v11.5M9 17.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM19 15.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z",
  animation: "M4 6h16v12H4zM8 6v12M16 6v12",
  video_note: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM10.5 9l4.5 3-4.5 3z",
  location: "M12 20.5c-4-4.3-6-7.4-6-10a6 6 0 0 1 12 0c0 2.6-2 5.7-6 10zM12 10.5h.01",
  venue: "M5 20V9l7-5 7 5v11zM10 20v-6h4v6",
  contact: "M12 12a3.7 3.7 0 1 0 0-7.4 3.7 3.7 0 0 0 0 7.4zM5 20c.6-3.8 3.4-5.5 7-5.5s6.4 1.7 7 5.5",
  poll: "M5 19v-6M12 19V5M19 19v-9",
  dice: "M5 5h14v14H5zM9 9h.01M15 9h.01M12 12h.01M9 15h.01M15 15h.01",
  story: "M12 4a8 8 0 0 1 8 8M4.3 10a8 8 0 0 1 5-5.5M4.6 15a8 8 0 0 0 14.6.4M12 9.5v5M9.5 12h5",
  forward: "M15 6l5 5-5 5M19.5 11H10a5.5 5.5 0 0 0-5.5 5.5V18",
  globe: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM4.5 10h15M4.5 14h15M12 4c-4.5 4.5-4.5 11.5 0 16M12 4c4.5 4.5 4.5 11.5 0 16",
};

/** A small drawing, hidden from screen readers: the control that carries it has the name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.document);
  svg.append(path);
  return svg;
}

/** A button that shows only a drawing; the label is its name and its tooltip. */
export function iconButton(name, label, attributes = {}) {
  return el("button", { type: "button", class: "icon-button", "aria-label": label, title: label, ...attributes }, icon(name));
}

/** Up to two capitals from a name, by grapheme, so that every script works. */
export function initials(name) {
  const words = name.trim().split(/\s+/u).filter((word) => /\p{L}/u.test(word));
  const picked = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return picked.map((word) => (word.match(/\p{L}/u) ?? [""])[0].toLocaleUpperCase()).join("") || "·";
}

const RTL = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * "rtl" or "ltr", by the first strong character outside isolates (UAX #9, P2), as clients of Telegram decide it;
 * `otherwise` for a text without one.
 */
export function directionOf(text, otherwise = "ltr") {
  const strong = text.replace(/[\u2066-\u2068][^\u2069]*\u2069?/gu, "").match(/[\p{L}\u200e\u200f]/u);
  if (!strong) return otherwise;
  return RTL.test(strong[0]) ? "rtl" : "ltr";
}
