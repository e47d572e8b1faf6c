// What a message carries besides text: photos, files, places, people, polls. Labels are the page's own words.

import { fileAddress } from "./api.js";
import { el, icon } from "./elements.js";

const FILES = {
  document: "Document",
  video: "Video",
  audio: "Audio",
  animation: "Animation",
  voice: "Voice message",
  video_note: "Video message",
};

/** The kinds a person can send from the attachment menu, in the order of the menu. */
export const SENDABLE = [
  ["photo", "Photo"],
  ["voice", "Voice message"],
  ["document", "Document"],
  ["sticker", "Sticker"],
  ["video", "Video"],
  ["video_note", "Video message"],
  ["audio", "Audio"],
  ["animation", "Animation"],
  ["location", "Location"],
  ["venue", "Venue"],
  ["contact", "Contact"],
  ["poll", "Poll"],
  ["dice", "Dice"],
  ["story", "Story"],
];

/** One line that stands for a message, as in a quoted header or a notification. */
export function summary(message) {
  if (message.text) return message.text;
  const kind = kindOf(message);
  const label = (SENDABLE.find(([name]) => name === kind) ?? [kind, kind])[1];
  return message.caption ? `${label}: ${message.caption}` : label;
}

function kindOf(message) {
  // An animation also carries a document, and a venue a location: the more telling one comes first.
  const kinds = ["photo", "animation", "video", "video_note", "voice", "audio", "sticker", "document", "venue", "location", "contact", "poll", "dice", "story"];
  return kinds.find((kind) => kind in message) ?? "Message";
}

/** The node for what the message carries, or null for a message of text. */
export function renderMedia(message) {
  const kind = kindOf(message);
  if (kind in FILES) return file(kind, message[kind]);
  if (kind in CARDS) return CARDS[kind](message[kind]);
  return null;
}

const CARDS = { photo, sticker, location, venue, contact, poll, dice, story };

function photo(sizes) {
  const largest = sizes.reduce((best, size) => (size.width > best.width ? size : best));
  const address = fileAddress(largest.file_id);
  const label = () => el("span", { class: "photo-missing" }, icon("photo"), "Photo");
  const picture = el("img", { src: address, alt: "Photo", width: largest.width, height: largest.height, loading: "lazy" });
  const frame = el("a", { class: "photo", href: address, download: `photo-${largest.file_unique_id}`, title: "Download this photo" }, picture);
  // A photo that the practice Telegram invented is one dot, or cannot be drawn: then a drawing stands for it.
  if (largest.width < 16) frame.replaceChildren(label());
  picture.addEventListener("error", () => frame.replaceChildren(label()), { once: true });
  return frame;
}

function file(kind, content) {
  const name = content.file_name ?? content.title ?? FILES[kind];
  const facts = [content.duration === undefined ? null : duration(content.duration), size(content.file_size)].filter(Boolean);
  return el(
    "a",
    { class: "file", href: fileAddress(content.file_id), download: content.file_name ?? true, "aria-label": `Download ${name}` },
    el("span", { class: "file-mark" }, icon(kind)),
    el("span", { class: "file-facts" }, el("bdi", { class: "file-name" }, name), el("span", { class: "file-size" }, facts.join(" · ") || FILES[kind])),
  );
}

function sticker(content) {
  return el("span", { class: "sticker", role: "img", "aria-label": `Sticker ${content.emoji ?? ""}` }, content.emoji ?? icon("sticker"));
}

function location(place) {
  const where = `${place.latitude.toFixed(4)}, ${place.longitude.toFixed(4)}`;
  return el("span", { class: "map" }, el("span", { class: "map-pin" }, icon("location")), el("span", { class: "map-label", dir: "ltr" }, where));
}

function venue(place) {
  return el("span", { class: "card-with-map" }, location(place.location), el("span", { class: "file-facts" }, el("bdi", { class: "file-name" }, place.title), el("bdi", { class: "file-size" }, place.address)));
}

function contact(person) {
  const name = [person.first_name, person.last_name].filter(Boolean).join(" ");
  return el(
    "span",
    { class: "file" },
    el("span", { class: "file-mark" }, icon("contact")),
    el("span", { class: "file-facts" }, el("bdi", { class: "file-name" }, name), el("bdi", { class: "file-size" }, person.phone_number)),
  );
}

function poll(content) {
  return el(
    "span",
    { class: "poll" },
    el("bdi", { class: "file-name" }, content.question),
    el("span", { class: "file-size" }, "Poll"),
    content.options.map((option) => el("bdi", { class: "poll-option" }, option.text)),
  );
}

function dice(content) {
  return el("span", { class: "sticker", role: "img", "aria-label": `${content.emoji} showing ${content.value}` }, content.emoji, el("span", { class: "dice-value" }, String(content.value)));
}

function story() {
  return el("span", { class: "file" }, el("span", { class: "file-mark" }, icon("story")), el("span", { class: "file-facts" }, el("span", { class: "file-name" }, "Story"), el("span", { class: "file-size" }, "Forwarded story")));
}

function duration(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

function size(bytes) {
  if (bytes === undefined) return null;
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
