// The foot of a phone: input, command menu, attachments, reply and edit bar, reply keyboard, Start and Unblock.

import { el, icon, iconButton } from "./elements.js";
import { replyKeyboard } from "./keyboards.js";
import { SENDABLE, summary } from "./media.js";
import { openMenu } from "./menus.js";

export class Composer {
  /** `actions`: send(fields), edit(id, text), start(), unblock(), say(text); `name` is the person's. */
  constructor(name, actions) {
    this.actions = actions;
    this.commands = [];
    this.context = null; // {kind: "reply" | "edit", message}
    this.keyboard = null;
    const id = `input-${crypto.randomUUID()}`;
    this.input = el("textarea", {
      class: "input", dir: "auto", rows: "1", placeholder: "Message", "aria-label": `Message as ${name}`, id,
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-commands`, enterkeyhint: "send", autocomplete: "off",
    });
    this.menu = el("div", { class: "command-menu", role: "listbox", id: `${id}-commands`, "aria-label": "Commands", hidden: true });
    this.commandButton = iconButton("commands", "Commands", { "aria-haspopup": "listbox" });
    this.attachButton = iconButton("plus", "Attach", { "aria-haspopup": "menu" });
    this.keyboardButton = iconButton("keyboard", "Show or hide the keyboard of the bot", { hidden: true, "aria-expanded": "false" });
    this.sendButton = iconButton("send", "Send", { class: "icon-button send" });
    this.bar = el("div", { class: "context-bar", hidden: true });
    this.keys = el("div", { class: "reply-keyboard", role: "group", "aria-label": "Keyboard of the bot", hidden: true });
    this.line = el("div", { class: "composer-line" }, this.commandButton, el("div", { class: "input-box" }, this.input, this.keyboardButton, this.attachButton), this.sendButton);
    this.gate = el("button", { type: "button", class: "gate", hidden: true });
    this.node = el("footer", { class: "composer" }, this.menu, this.bar, this.line, this.gate, this.keys);
    this.listen();
  }

  listen() {
    this.input.addEventListener("input", () => this.onInput());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.node.contains(document.activeElement) || this.closeCommands(), 0));
    this.sendButton.addEventListener("click", () => this.submit());
    this.commandButton.addEventListener("click", () => this.toggleCommands());
    this.attachButton.addEventListener("click", () => this.openAttachments());
    this.keyboardButton.addEventListener("click", () => this.showKeys(this.keys.hidden));
    this.gate.addEventListener("click", () => (this.gate.dataset.kind === "start" ? this.actions.start() : this.actions.unblock()));
  }

  /** Puts Start or Unblock in place of the input, or takes it away (null). */
  setGate(kind) {
    const focused = this.node.contains(document.activeElement);
    this.gate.dataset.kind = kind ?? "";
    this.gate.textContent = { start: "Start", unblock: "Unblock the bot" }[kind] ?? "";
    this.gate.hidden = kind === null;
    this.line.hidden = kind !== null;
    if (kind !== null) this.closeCommands();
    this.keys.classList.toggle("gated", kind !== null);
    if (focused) (kind === null ? this.input : this.gate).focus({ preventScroll: true });
  }

  setCommands(commands) {
    this.commands = commands;
    this.commandButton.hidden = commands.length === 0;
    if (!this.menu.hidden) this.showCommands();
  }

  /** Takes a ReplyKeyboardMarkup, or null to remove the keyboard. One just sent opens again, even if it was known. */
  setKeyboard(markup, justSent) {
    const written = JSON.stringify(markup);
    if (written === this.keyboardWritten && !justSent) return;
    this.keyboardWritten = written;
    this.keyboard = markup;
    this.keyboardButton.hidden = markup === null;
    this.input.placeholder = markup?.input_field_placeholder ?? "Message";
    this.keys.replaceChildren(...(markup === null ? [] : replyKeyboard(markup, (button) => this.pressKey(button))));
    this.keys.classList.toggle("compact", markup?.resize_keyboard === true);
    this.showKeys(markup !== null);
  }

  showKeys(shown) {
    const focused = this.keys.contains(document.activeElement);
    this.keys.hidden = !shown;
    this.keyboardButton.setAttribute("aria-expanded", String(shown));
    if (focused && !shown) this.input.focus();
  }

  async pressKey(button) {
    const fields = button.request_contact ? { kind: "contact" } : button.request_location ? { kind: "location" } : { text: button.text };
    if (this.keyboard?.one_time_keyboard) this.showKeys(false);
    await this.actions.send(fields);
  }

  // -- writing

  onInput() {
    this.grow();
    if (this.input.value.startsWith("/") && !/\s/u.test(this.input.value)) this.showCommands();
    else this.closeCommands();
  }

  grow() {
    this.input.style.setProperty("height", "auto");
    this.input.style.setProperty("height", `${Math.min(this.input.scrollHeight, 132)}px`);
  }

  onKey(event) {
    if (event.isComposing) return;
    if (!this.menu.hidden && this.onCommandKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape" && this.context) {
      event.preventDefault();
      this.setContext(null);
    }
  }

  async submit() {
    const text = this.input.value;
    if (text.trim() === "" || this.sending) return;
    this.sending = true;
    try {
      if (this.context?.kind === "edit") await this.actions.edit(this.context.message.message_id, text);
      else await this.actions.send({ text, ...this.replying() }, true);
      this.clear();
    } catch (failure) {
      this.actions.say(failure.message);
    } finally {
      this.sending = false;
    }
  }

  replying() {
    return this.context?.kind === "reply" ? { reply_to_message_id: this.context.message.message_id } : {};
  }

  clear() {
    this.input.value = "";
    this.grow();
    this.closeCommands();
    this.setContext(null);
    this.input.focus({ preventScroll: true });
  }

  /** {kind: "reply" | "edit", message}, or null. */
  setContext(context) {
    const wasEdit = this.context?.kind === "edit";
    this.context = context;
    this.bar.hidden = context === null;
    if (context === null) {
      if (wasEdit) this.input.value = "";
      this.bar.replaceChildren();
      return;
    }
    const { kind, message } = context;
    const title = kind === "edit" ? "Edit message" : `Reply to ${message.from?.first_name ?? "message"}`;
    const close = iconButton("close", kind === "edit" ? "Cancel editing" : "Cancel reply");
    close.addEventListener("click", () => {
      this.setContext(null);
      this.input.focus();
    });
    this.bar.replaceChildren(icon(kind), el("div", { class: "context-words" }, el("bdi", { class: "context-title" }, title), el("span", { class: "context-text", dir: "auto" }, summary(message))), close);
    if (kind === "edit") this.input.value = message.text ?? "";
    this.grow();
    this.input.focus();
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }

  // -- commands

  matching() {
    const typed = this.input.value.startsWith("/") ? this.input.value.slice(1).toLowerCase() : "";
    return this.commands.filter(({ command }) => command.startsWith(typed));
  }

  toggleCommands() {
    if (!this.menu.hidden) return this.closeCommands();
    this.input.focus();
    this.showCommands();
  }

  showCommands() {
    const found = this.matching();
    if (found.length === 0) return this.closeCommands();
    this.menu.replaceChildren(...found.map((command, index) => this.option(command, index)));
    this.menu.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.commandButton.setAttribute("aria-expanded", "true");
    this.choose(0);
  }

  option({ command, description }, index) {
    const option = el("div", { class: "command", role: "option", id: `${this.menu.id}-${index}`, "data-command": command }, el("span", { class: "command-name" }, `/${command}`), el("bdi", { class: "command-text" }, description));
    // pointerdown would take the focus from the input before the click arrives
    option.addEventListener("pointerdown", (event) => event.preventDefault());
    option.addEventListener("click", () => this.sendCommand(command));
    return option;
  }

  choose(index) {
    const options = [...this.menu.children];
    this.chosen = (index + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === this.chosen)));
    options[this.chosen].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", options[this.chosen].id);
  }

  closeCommands() {
    this.menu.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.commandButton.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** True when the key was meant for the open command menu. */
  onCommandKey(event) {
    const { command } = this.menu.children[this.chosen].dataset;
    const move = { ArrowDown: this.chosen + 1, ArrowUp: this.chosen - 1 }[event.key];
    if (move !== undefined) this.choose(move);
    else if (event.key === "Escape") this.closeCommands();
    else if (event.key === "Enter" && !event.shiftKey) this.sendCommand(command);
    else if (event.key === "Tab" && !event.shiftKey) {
      this.input.value = `/${command} `;
      this.closeCommands();
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  async sendCommand(command) {
    if (this.input.value.startsWith("/")) this.input.value = "";
    this.closeCommands();
    this.input.focus();
    await this.actions.send({ text: `/${command}` });
  }

  // -- attachments

  openAttachments() {
    const items = SENDABLE.map(([kind, label]) => ({ label, icon: kind, run: () => this.attach({ kind }) }));
    items.push({ label: "Typed text, as forwarded", icon: "forward", run: () => this.forward() });
    openMenu(this.attachButton, items, { label: "Attach" });
  }

  async attach(fields) {
    const caption = this.input.value.trim();
    if (await this.actions.send(caption === "" ? fields : { ...fields, caption })) this.clear();
  }

  async forward() {
    const text = this.input.value.trim();
    if (text === "") return this.actions.say("Type the text to forward first.");
    if (await this.actions.send({ text, forward: true })) this.clear();
  }
}
