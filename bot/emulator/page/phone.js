// One phone: its name plate, the chat with the bot, and what the person can do there.

import { api, deepLink, Failure } from "./api.js";
import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { el, icon, iconButton, initials } from "./elements.js";
import { Notices, openDialog, openMenu } from "./menus.js";
import { avatar, capital, languageMenu } from "./people.js";

const TAP_PATIENCE = 30_000; // ms a button stays busy when the bot never answers

export class Phone {
  constructor(person, bot, onNews) {
    this.person = person;
    this.bot = bot;
    this.onNews = onNews; // called when something arrives, so that a hidden phone can show a mark
    this.started = false;
    this.waiting = new Map(); // callback query id → button
    this.answered = new Set(); // ids whose answer came before the id itself
    this.early = []; // events that arrive while the chat is being read
    this.notices = new Notices();
    this.chat = new Chat(`Chat of ${person.first_name}`, this.chatActions());
    this.composer = new Composer(person.first_name, {
      send: (fields, strict) => this.send(fields, strict),
      edit: async (id, text) => this.accept(await api.edit(this.person.id, id, text)),
      start: () => this.start(),
      unblock: () => this.attempt(() => api.unblock(this.person.id)),
      say: (text) => this.notices.say(text),
    });
    this.node = this.draw();
    this.showPerson(person);
    this.showBot(bot);
  }

  chatActions() {
    return {
      openLink: (address) => this.openLink(address),
      sendCommand: (text) => this.send({ text }),
      tap: (message, data, button) => this.tap(message, data, button),
      copy: (text) => this.copy(text),
      say: (text) => this.notices.say(text),
      openMenu: (message, anchor, point) => this.messageMenu(message, anchor, point),
    };
  }

  // -- drawing

  draw() {
    this.sign = el("span", { class: "plate-sign" });
    this.name = el("h2", { class: "plate-name" }, el("bdi"));
    this.role = el("span", { class: "chip role-chip" });
    this.language = el("button", { type: "button", class: "chip language-chip", "aria-haspopup": "menu" });
    this.language.addEventListener("click", () => languageMenu(this.language, this.person, (text) => this.notices.say(text)));
    const plate = el("header", { class: "plate" }, this.sign, this.name, this.role, this.language);

    this.botSign = el("span", { class: "bot-avatar", "aria-hidden": "true" });
    this.botName = el("bdi", { class: "chat-name" });
    this.status = el("span", { class: "chat-status", "aria-live": "polite" });
    const linkButton = iconButton("link", "Open a link", { "aria-expanded": "false" });
    const more = iconButton("more", "Chat actions", { "aria-haspopup": "menu" });
    more.addEventListener("click", () => this.chatMenu(more));
    const head = el("div", { class: "chat-head" }, this.botSign, el("div", { class: "chat-title" }, this.botName, this.status), linkButton, more);

    this.linkForm = this.drawLinkForm(linkButton);
    this.welcome = el("div", { class: "welcome", hidden: true });
    this.chat.node.append(this.welcome, this.notices.toasts);
    this.device = el("div", { class: "device" }, head, this.linkForm, this.chat.node, this.composer.node);
    return el("section", { class: "phone", "data-person": this.person.id, id: `phone-${this.person.id}` }, plate, this.device);
  }

  drawLinkForm(toggle) {
    const address = el("input", { type: "text", inputmode: "url", class: "control", dir: "ltr", placeholder: "Paste an invitation link", "aria-label": "Link to open", autocomplete: "off" });
    const form = el("form", { class: "link-form", hidden: true }, address, el("button", { type: "submit", class: "main-button" }, "Open"));
    const show = (shown) => {
      form.hidden = !shown;
      toggle.setAttribute("aria-expanded", String(shown));
      (shown ? address : toggle).focus();
    };
    toggle.addEventListener("click", () => show(form.hidden));
    form.addEventListener("keydown", (event) => event.key === "Escape" && show(false));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (address.value.trim() === "") return;
      this.openLink(address.value.trim());
      address.value = "";
      show(false);
    });
    return form;
  }

  showPerson(person) {
    this.person = person;
    this.node.setAttribute("aria-label", `Phone of ${person.first_name}`);
    this.node.lang = "en";
    this.name.firstChild.textContent = person.first_name;
    this.name.title = [person.first_name, person.username && `@${person.username}`, `id ${person.id}`].filter(Boolean).join(" · ");
    this.sign.replaceChildren(avatar(person.first_name, person.role));
    this.role.textContent = capital(person.role);
    this.role.className = `chip role-chip role-${person.role}`;
    this.role.hidden = !person.role;
    this.language.replaceChildren(icon("globe"), el("span", {}, person.language_code));
    this.language.setAttribute("aria-label", `Language of this phone: ${person.language_code}. Change`);
    this.chat.list.lang = person.language_code;
    this.composer.input.lang = person.language_code;
    this.showGate();
  }

  showBot(bot) {
    this.bot = bot;
    this.botName.textContent = bot.first_name;
    this.botSign.textContent = initials(bot.first_name);
    this.showTyping(false);
  }

  showTyping(typing) {
    clearTimeout(this.typingTimer);
    this.status.classList.toggle("typing", typing);
    if (typing) {
      this.status.replaceChildren(el("span", {}, "typing"), el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")));
      this.typingTimer = setTimeout(() => this.showTyping(false), 5000); // Telegram shows a chat action for 5 s
    } else {
      this.status.textContent = `bot · @${this.bot.username}`;
    }
  }

  showGate() {
    const empty = this.chat.size === 0 && !this.started;
    this.composer.setGate(this.person.blocked ? "unblock" : empty ? "start" : null);
    this.welcome.hidden = !(empty && !this.person.blocked);
  }

  showWelcome(description) {
    this.welcome.replaceChildren(
      el("div", { class: "welcome-card" }, el("p", { class: "welcome-title" }, "What can this bot do?"), el("p", { class: "welcome-text", dir: "auto", lang: this.person.language_code }, description || this.bot.description || "Press Start to begin.")),
    );
  }

  // -- what the server tells

  /** Reads the whole chat and makes the phone equal to it; events that arrive meanwhile follow. False on a failure. */
  async refresh() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    this.early = [];
    this.reading = true;
    try {
      const state = await api.chat(this.person.id);
      if (turn !== this.turn) return true;
      this.started = state.started;
      this.composer.setCommands(state.commands);
      this.composer.setKeyboard(state.reply_keyboard, false);
      this.showWelcome(state.description);
      this.chat.reconcile(state.messages);
      this.showTyping(state.typing);
      this.showGate();
      return true;
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      this.notices.say(failure.message);
      return false;
    } finally {
      if (turn === this.turn) {
        this.reading = false;
        for (const event of this.early.splice(0)) this.hear(event);
      }
    }
  }

  /** One event of the server that concerns this person. */
  hear(event) {
    if (this.reading) {
      this.early.push(event);
      return;
    }
    if (event.type === "message") this.accept(event.message);
    else if (event.type === "edit") this.chat.put(event.message, true);
    else if (event.type === "delete") event.message_ids.forEach((id) => this.chat.remove(id));
    else if (event.type === "toast") this.hearAnswer(event);
    else if (event.type === "typing") this.showTyping(event.typing !== false);
    else if (event.type === "commands") this.refresh();
    if ("reply_keyboard" in event) this.composer.setKeyboard(event.reply_keyboard, true);
    this.showGate();
  }

  accept(message) {
    this.started = true;
    const isNew = this.chat.message(message.message_id) === undefined;
    this.chat.put(message);
    if (!message.outgoing) this.showTyping(false);
    if (!message.outgoing && isNew) this.onNews(this);
    this.showGate();
  }

  hearAnswer({ callback_query_id: id, text, show_alert: alert, url }) {
    if (this.waiting.has(id)) this.release(id);
    else this.answered.add(id);
    if (text && alert) this.notices.alert(text, this.device);
    else if (text) this.notices.say(text);
    if (url) this.openLink(url);
  }

  // -- what the person does

  /** Runs a request; a refusal becomes a notice. True when it went through. */
  async attempt(request) {
    try {
      await request();
      return true;
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      this.notices.say(failure.message);
      return false;
    }
  }

  /** Sends fields as in POST messages. With `strict` a refusal is thrown, so that the typed text is kept. */
  async send(fields, strict = false) {
    const request = async () => this.accept(await api.send(this.person.id, fields));
    if (!strict) return this.attempt(request);
    await request();
    return true;
  }

  start(payload) {
    return this.attempt(async () => this.accept(await api.start(this.person.id, payload)));
  }

  async tap(message, data, button) {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    this.chat.awaits();
    const sent = await this.attempt(async () => {
      const { callback_query_id: id } = await api.tap(this.person.id, message.message_id, data);
      if (this.answered.delete(id)) {
        button.removeAttribute("aria-busy");
        return;
      }
      this.waiting.set(id, button);
      setTimeout(() => this.waiting.has(id) && (this.release(id), button.isConnected && this.notices.say("The bot has not answered this button.")), TAP_PATIENCE);
    });
    if (!sent) button.removeAttribute("aria-busy");
  }

  release(id) {
    this.waiting.get(id).removeAttribute("aria-busy");
    this.waiting.delete(id);
  }

  /** Opens a link as Telegram would: a link to this bot becomes /start, any other one asks before it leaves. */
  openLink(address) {
    const payload = deepLink(address, this.bot.username);
    if (payload !== null) {
      this.start(payload);
      return;
    }
    if (!/^https?:/iu.test(address)) {
      this.notices.say("This is not a link to the bot.");
      return;
    }
    openDialog({
      title: "Leave the practice Telegram?",
      text: "This link goes out to the network and opens in a new tab.",
      address,
      action: "Open the link",
      submit: () => void window.open(address, "_blank", "noopener,noreferrer"),
    });
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.notices.say("Copied");
    } catch {
      this.notices.say("The browser did not allow copying.");
    }
  }

  messageMenu(message, anchor, point) {
    const text = message.text ?? message.caption;
    const items = [{ label: "Reply", icon: "reply", run: () => this.composer.setContext({ kind: "reply", message }) }];
    if (text && !message.has_protected_content) items.push({ label: "Copy text", icon: "copy", run: () => this.copy(text) });
    if (message.outgoing && message.text) items.push({ label: "Edit", icon: "edit", run: () => this.composer.setContext({ kind: "edit", message }) });
    items.push({ label: "Delete", icon: "trash", danger: true, run: () => this.attempt(() => api.remove(this.person.id, message.message_id)) });
    openMenu(anchor, items, { point, label: "Message actions" });
  }

  chatMenu(anchor) {
    const blocked = this.person.blocked;
    const change = () => (blocked ? api.unblock(this.person.id) : api.block(this.person.id));
    openMenu(
      anchor,
      [
        { label: "Send /start", icon: "send", run: () => this.start() },
        { label: blocked ? "Unblock the bot" : "Block the bot", icon: "block", danger: !blocked, run: () => this.attempt(change) },
      ],
      { label: "Chat actions" },
    );
  }
}
