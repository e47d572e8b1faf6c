// Inline keyboards under a bubble and reply keyboards under the input.

import { el, icon } from "./elements.js";

const STYLES = new Set(["success", "danger", "primary"]);

/**
 * The rows of an inline keyboard, or null when there are none.
 * `actions`: tap(message, data, button), openLink(address), copy(text).
 */
export function inlineKeyboard(message, actions) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (rows.length === 0) return null;
  return el("div", { class: "inline-keyboard", role: "group", "aria-label": "Buttons of this message" }, rows.map((row) => buttonRow(row.map((button) => inlineButton(button, message, actions)))));
}

function inlineButton(button, message, actions) {
  const [mark, press] = behaviour(button, message, actions);
  const node = el(
    "button",
    { type: "button", class: `inline-button ${styleOf(button)}`, dir: "auto", "data-callback": button.callback_data },
    label(button.text),
    mark && icon(mark),
  );
  node.addEventListener("click", () => press(node));
  if (mark === "out") node.setAttribute("aria-description", "opens a link");
  if (mark === "copy") node.setAttribute("aria-description", "copies to the clipboard");
  return node;
}

function behaviour(button, message, actions) {
  if (button.callback_data !== undefined) return [null, (node) => actions.tap(message, button.callback_data, node)];
  if (button.url !== undefined) return ["out", () => actions.openLink(button.url)];
  if (button.copy_text !== undefined) return ["copy", () => actions.copy(button.copy_text.text)];
  return [null, () => actions.say("This kind of button does nothing in the practice Telegram.")];
}

/** The rows of a reply keyboard. `press(button)` gets the KeyboardButton. */
export function replyKeyboard(markup, press) {
  const rows = markup.keyboard.map((row) =>
    buttonRow(
      row.map((given) => {
        const button = typeof given === "string" ? { text: given } : given;
        const mark = button.request_contact ? "contact" : button.request_location ? "location" : null;
        return el(
          "button",
          { type: "button", class: `reply-button ${styleOf(button)}`, dir: "auto", onclick: () => press(button) },
          mark && icon(mark),
          label(button.text),
        );
      }),
    ),
  );
  return rows;
}

function label(text) {
  // A short label stays on one line, and the row breaks instead; a long one wraps. Neither is ever cut.
  return el("span", { class: `button-label${text.length <= 14 ? " short" : ""}` }, text);
}

function buttonRow(buttons) {
  return el("div", { class: "button-row" }, buttons);
}

function styleOf(button) {
  return STYLES.has(button.style) ? button.style : "";
}
