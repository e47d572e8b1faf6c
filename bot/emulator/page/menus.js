// What opens over the page and closes again: menus, dialogs, short notices.

import { el, icon } from "./elements.js";

let openNow = null;

/**
 * A menu at an anchor (or at a point). Items: {label, icon?, checked?, danger?, run}. Arrow keys move, Escape and a click
 * outside close it, and the focus returns to the anchor.
 */
export function openMenu(anchor, items, { point = null, label = "Menu" } = {}) {
  openNow?.();
  const back = document.activeElement;
  const buttons = items.map((item) => menuItem(item));
  const menu = el("div", { class: "menu", role: "menu", "aria-label": label }, buttons);
  const outside = new AbortController();
  const close = (refocus = true) => {
    openNow = null;
    outside.abort();
    menu.remove();
    anchor.setAttribute("aria-expanded", "false");
    if (refocus) (anchor.tabIndex >= 0 ? anchor : back)?.focus?.({ preventScroll: true });
  };
  openNow = () => close(false);
  buttons.forEach((button, index) =>
    button.addEventListener("click", () => {
      close();
      items[index].run();
    }),
  );
  menu.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      buttons.at(target % buttons.length).focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  document.body.append(menu);
  place(menu, anchor, point);
  anchor.setAttribute("aria-expanded", "true");
  (buttons.find((button) => button.getAttribute("aria-checked") === "true") ?? buttons[0]).focus({ preventScroll: true });
  const options = { capture: true, signal: outside.signal };
  document.addEventListener("pointerdown", (event) => menu.contains(event.target) || close(false), options);
  window.addEventListener("resize", () => close(false), options);
  document.addEventListener("scroll", (event) => menu.contains(event.target) || close(false), options);
}

function menuItem(item) {
  const radio = item.checked !== undefined;
  return el(
    "button",
    {
      type: "button",
      class: `menu-item${item.danger ? " danger" : ""}`,
      role: radio ? "menuitemradio" : "menuitem",
      "aria-checked": radio ? String(item.checked) : null,
      tabindex: "-1",
    },
    item.icon && icon(item.icon),
    el("span", {}, item.label),
    item.hint && el("span", { class: "menu-hint" }, item.hint),
    item.checked && icon("check"),
  );
}

function place(menu, anchor, point) {
  const gap = 6;
  const around = point ? { left: point.x, right: point.x, top: point.y, bottom: point.y } : anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = around.bottom + gap;
  const top = below + height <= innerHeight - gap ? below : Math.max(gap, around.top - gap - height);
  const onTheRight = around.left + width > innerWidth - gap;
  const left = onTheRight ? Math.max(gap, around.right - width) : around.left;
  menu.style.setProperty("top", `${top}px`);
  menu.style.setProperty("left", `${left}px`);
}

/**
 * A modal dialog with a form. `submit(dialog)` may return a promise; the dialog closes when it resolves and shows the
 * message when it fails. Escape and Cancel close it.
 */
export function openDialog({ title, text = null, fields = [], action, submit, address = null }) {
  const problem = el("p", { class: "dialog-problem", role: "alert" });
  const id = `dialog-${crypto.randomUUID()}`;
  const heading = el("h2", { id }, title);
  const cancel = el("button", { type: "button", class: "plain-button" }, "Cancel");
  const confirm = el("button", { type: "submit", class: "main-button" }, action);
  const form = el(
    "form",
    { class: "dialog-form", method: "dialog", novalidate: true },
    heading,
    text && el("p", { class: "dialog-text" }, text),
    address && el("p", { class: "dialog-address", dir: "ltr" }, address),
    fields,
    problem,
    el("div", { class: "dialog-actions" }, cancel, confirm),
  );
  const dialog = el("dialog", { class: "dialog", "aria-labelledby": id }, form);
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    confirm.disabled = true;
    try {
      await submit(dialog);
      dialog.close();
    } catch (failure) {
      problem.textContent = failure.message;
      confirm.disabled = false;
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** A labelled control for a dialog. */
export function field(label, control) {
  return el("label", { class: "field" }, el("span", { class: "field-label" }, label), control);
}

/** Short notices at the foot of one phone, read out politely; `alert` asks to be confirmed. */
export class Notices {
  constructor() {
    this.toasts = el("div", { class: "toasts", role: "status", "aria-live": "polite" });
  }

  /** Shows the text for a while, long enough to read it. */
  say(text) {
    const toast = el("p", { class: "toast", dir: "auto" }, text);
    this.toasts.replaceChildren(toast);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => toast.remove(), Math.max(3500, text.length * 70));
  }

  /** Shows the text over `device` until it is confirmed; takes the focus only if it was on that phone. */
  alert(text, device) {
    const ok = el("button", { type: "button", class: "main-button" }, "OK");
    const words = el("p", { class: "alert-text", dir: "auto" }, text);
    const box = el("div", { class: "alert", role: "alertdialog", "aria-modal": "true", "aria-label": text }, words, ok);
    const veil = el("div", { class: "alert-veil" }, box);
    const before = document.activeElement;
    const close = () => {
      veil.remove();
      if (before?.isConnected) before.focus({ preventScroll: true });
    };
    ok.addEventListener("click", close);
    veil.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
      if (event.key === "Tab") event.preventDefault();
    });
    device.append(veil);
    if (device.contains(before) || before === document.body) ok.focus();
  }
}
