// The page as a whole: which phones are shown, the tabs of a narrow screen, the top bar, the line to the server.

import { api, Failure, listen } from "./api.js";
import { el, icon } from "./elements.js";
import { avatar, capital, newPersonDialog, openLinkDialog } from "./people.js";
import { Phone } from "./phone.js";

const STATES = { connecting: "Connecting", live: "Connected", lost: "Connection lost, trying again" };
const CLOCK = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

const phones = new Map(); // person id → Phone
const tabs = new Map(); // person id → tab
const place = document.getElementById("phones");
const tabBar = document.getElementById("tabs");
let current = null;
let clockAhead = 0; // seconds that the emulator's clock is ahead of this computer's

function wanted() {
  const given = new URLSearchParams(location.search).get("people");
  return given ? new Set(given.split(",").map(Number)) : null;
}

async function readWorld() {
  const world = await api.world();
  setClock(world.now);
  const only = wanted();
  const people = world.people.filter((person) => only === null || only.has(person.id));
  for (const id of [...phones.keys()]) if (!people.some((person) => person.id === id)) takeAway(id);
  for (const person of people) {
    const phone = phones.get(person.id);
    if (phone) {
      phone.showBot(world.bot);
      phone.showPerson(person);
      drawTab(phone);
    } else {
      add(new Phone(person, world.bot, onNews));
    }
  }
  showNobody();
}

function add(phone) {
  const { id } = phone.person;
  const tab = el("button", { type: "button", class: "tab", role: "tab", "aria-controls": phone.node.id, id: `tab-${id}` });
  tab.addEventListener("click", () => show(id));
  phones.set(id, phone);
  tabs.set(id, tab);
  place.append(phone.node);
  tabBar.append(tab);
  drawTab(phone);
  show(current ?? id);
}

function showNobody() {
  place.querySelector(".nobody")?.remove();
  if (phones.size > 0) return;
  const button = el("button", { type: "button", class: "main-button", onclick: () => newPersonDialog(onNewPerson) }, "Add the first person");
  place.append(el("div", { class: "nobody" }, el("p", {}, "Nobody has a phone yet."), button));
}

function takeAway(id) {
  phones.get(id).node.remove();
  tabs.get(id).remove();
  phones.delete(id);
  tabs.delete(id);
  if (current === id) show(phones.keys().next().value ?? null);
}

function drawTab({ person }) {
  tabs.get(person.id).replaceChildren(avatar(person.first_name, person.role), el("span", { class: "tab-words" }, el("bdi", {}, person.first_name), el("span", { class: "tab-role" }, capital(person.role))), el("span", { class: "tab-news" }));
}

/** On a narrow screen only one phone is seen; on a wide one this only marks the tab. */
function show(id) {
  current = id;
  for (const [other, phone] of phones) {
    const chosen = other === id;
    phone.node.classList.toggle("current", chosen);
    tabs.get(other).setAttribute("aria-selected", String(chosen));
    tabs.get(other).tabIndex = chosen ? 0 : -1;
    if (chosen) tabs.get(other).classList.remove("news");
  }
  tabs.get(id)?.scrollIntoView({ block: "nearest", inline: "center" });
}

function onNews(phone) {
  if (phone.person.id !== current) tabs.get(phone.person.id)?.classList.add("news");
}

tabBar.addEventListener("keydown", (event) => {
  const ids = [...phones.keys()];
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  show(ids.at((ids.indexOf(current) + step) % ids.length));
  tabs.get(current).focus();
});

// -- the line to the server

async function readEverything() {
  await readWorld();
  const read = await Promise.all([...phones.values()].map((phone) => phone.refresh()));
  if (read.includes(false)) throw new Failure("Not every chat could be read");
}

function setState(state) {
  const line = document.getElementById("connection");
  line.dataset.state = state;
  line.querySelector(".connection-text").textContent = STATES[state];
}

async function onState(state) {
  if (state === "lost") return setState("lost");
  try {
    await readEverything();
    setState("live");
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    setState("lost");
    setTimeout(() => onState("live"), 2000);
  }
}

async function onEvent(event) {
  if (event.type === "clock") return setClock(event.now);
  if (event.type === "bot" || event.type === "person") {
    const known = new Map([...phones].map(([id, phone]) => [id, phone.person.language_code]));
    await readWorld();
    // Commands and description follow the language, so a phone that is new or changed is read again.
    const changed = [...phones.values()].filter((phone) => event.type === "bot" || known.get(phone.person.id) !== phone.person.language_code);
    await Promise.all(changed.map((phone) => phone.refresh()));
    return undefined;
  }
  if (event.type === "commands" && !event.person) return phones.forEach((phone) => phone.hear(event));
  return phones.get(event.person)?.hear(event);
}

// -- the top bar

function setClock(now) {
  if (typeof now === "number") clockAhead = now - Date.now() / 1000;
  const time = new Date(Date.now() + clockAhead * 1000);
  const clock = document.getElementById("clock");
  clock.textContent = CLOCK.format(time);
  clock.dateTime = time.toISOString();
}

function onNewPerson(person) {
  const only = wanted();
  if (only !== null) {
    const url = new URL(location.href);
    url.searchParams.set("people", [...only, person.id].join(","));
    history.replaceState(null, "", url);
  }
  readWorld().then(() => {
    const phone = phones.get(person.id);
    if (!phone) return;
    show(person.id);
    phone.refresh();
    phone.node.scrollIntoView({ inline: "center", block: "nearest" });
  });
}

function setUpTopBar() {
  const newPerson = document.getElementById("new-person");
  const openLink = document.getElementById("open-link");
  newPerson.append(icon("plus"), el("span", { class: "tool-label" }, "New person"));
  openLink.append(icon("link"), el("span", { class: "tool-label" }, "Open a link"));
  newPerson.addEventListener("click", () => newPersonDialog(onNewPerson));
  openLink.addEventListener("click", () => {
    const people = [...phones.values()].map((phone) => phone.person);
    openLinkDialog(people, current, (id, address) => {
      show(id);
      phones.get(id)?.openLink(address);
    });
  });
  document.querySelector(".promise").prepend(icon("lock"));
  setInterval(setClock, 10_000);
}

setUpTopBar();
listen({ onEvent, onState });
