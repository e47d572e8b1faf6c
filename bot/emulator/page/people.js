// People: their colours, languages and roles, the dialog for a new one, the menu that changes a language.

import { api } from "./api.js";
import { el, initials } from "./elements.js";
import { field, openDialog, openMenu } from "./menus.js";

/** Language codes offered by the page; the bot may speak fewer, which is a case worth trying. */
export const LANGUAGES = [
  ["en", "English"],
  ["fr", "Français"],
  ["es", "Español"],
  ["ar", "العربية"],
  ["ru", "Русский"],
  ["pt", "Português"],
  ["de", "Deutsch"],
  ["fa", "فارسی"],
  ["hi", "हिन्दी"],
  ["sw", "Kiswahili"],
  ["tr", "Türkçe"],
  ["uk", "Українська"],
  ["zh", "中文"],
];

export const ROLES = ["participant", "organizer", "secretariat"];

/** A round sign with the person's initials, coloured by role. */
export function avatar(name, role) {
  return el("span", { class: `avatar role-${ROLES.includes(role) ? role : "other"}`, "aria-hidden": "true" }, initials(name));
}

/** Opens the dialog for a new person; `done(person)` is called once the server has made them. */
export function newPersonDialog(done) {
  const name = el("input", { type: "text", name: "first_name", class: "control", dir: "auto", placeholder: "An invented name", autocomplete: "off", maxlength: "64" });
  const language = el("select", { name: "language_code", class: "control" }, LANGUAGES.map(([code, label]) => el("option", { value: code }, `${label} (${code})`)));
  const role = el("select", { name: "role", class: "control" }, ROLES.map((value) => el("option", { value }, capital(value))));
  openDialog({
    title: "New person",
    text: "A new phone in this practice Telegram. Leave the name empty to have one invented.",
    fields: [field("Name", name), field("Language of the phone", language), field("Role, a label for you only", role)],
    action: "Add person",
    submit: async () => {
      const fields = { language_code: language.value, role: role.value };
      if (name.value.trim() !== "") fields.first_name = name.value.trim();
      done(await api.addPerson(fields));
    },
  });
}

/** The small menu that changes the language code of a person's phone. */
export function languageMenu(anchor, person, say) {
  const items = LANGUAGES.map(([code, label]) => ({
    label,
    hint: code,
    checked: code === person.language_code,
    run: () => api.changePerson(person.id, { language_code: code }).catch((failure) => say(failure.message)),
  }));
  openMenu(anchor, items, { label: "Language of this phone" });
}

/** Asks for a link and, where several phones are shown, for the person who opens it. */
export function openLinkDialog(people, chosen, open) {
  const address = el("input", { type: "url", class: "control", dir: "ltr", placeholder: "https://t.me/…?start=…", autocomplete: "off", required: true });
  const who = el("select", { class: "control" }, people.map((person) => el("option", { value: person.id, selected: person.id === chosen }, person.first_name)));
  openDialog({
    title: "Open a link",
    text: "An invitation link opens the chat with the bot on the phone of the person you choose.",
    fields: [field("Link", address), field("On the phone of", who)],
    action: "Open",
    submit: () => open(Number(who.value), address.value.trim()),
  });
}

export function capital(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
