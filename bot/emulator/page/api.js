// What the page asks of the server (/world) and hears from it (server-sent events). No DOM here.

/** A request that the server refused or that never arrived; `message` can be shown to the person. */
export class Failure extends Error {}

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(`/world${path}`, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Failure("The practice Telegram does not answer. Is it still running?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Failure(answer.error ?? answer.description ?? answer.detail ?? `Refused (${response.status})`);
  }
  return answer;
}

export const api = {
  world: () => call("GET", ""),
  chat: (person) => call("GET", `/people/${person}/chat`),
  addPerson: (fields) => call("POST", "/people", fields),
  changePerson: (person, fields) => call("PATCH", `/people/${person}`, fields),
  send: (person, fields) => call("POST", `/people/${person}/messages`, fields),
  edit: (person, message, text) => call("POST", `/people/${person}/messages/${message}/edit`, { text }),
  remove: (person, message) => call("DELETE", `/people/${person}/messages/${message}`),
  tap: (person, message, data) => call("POST", `/people/${person}/taps`, { message_id: message, data }),
  start: (person, payload) => call("POST", `/people/${person}/start`, payload ? { payload } : {}),
  block: (person) => call("POST", `/people/${person}/block`),
  unblock: (person) => call("POST", `/people/${person}/unblock`),
};

/** The address at which the browser can load a file that a message carries. */
export function fileAddress(fileId) {
  return `/world/files/${encodeURIComponent(fileId)}`;
}

/**
 * Listens for ever. `onState("live" | "lost")` is called at every change; "live" also after each reconnection,
 * which is the moment to read the chats again. `onEvent` gets each event as an object.
 */
export function listen({ onEvent, onState }) {
  let source;
  const connect = () => {
    source = new EventSource("/world/events");
    source.onopen = () => onState("live");
    source.onmessage = (event) => onEvent(JSON.parse(event.data));
    source.onerror = () => {
      onState("lost");
      // A browser gives up for good when the answer was not an event stream, for instance during a restart.
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, 1000);
    };
  };
  connect();
  window.addEventListener("pagehide", () => source.close());
  window.addEventListener("pageshow", (event) => event.persisted && connect());
}

/** The start payload of a link to this bot: a string ("" when there is none), or null for any other link. */
export function deepLink(address, username) {
  let url;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:/iu.test(address) ? address : `https://${address}`);
  } catch {
    return null;
  }
  const same = (name) => name !== null && name.toLowerCase() === username.toLowerCase();
  const telegram = ["t.me", "telegram.me", "www.t.me"].includes(url.hostname) && /^https?:$/u.test(url.protocol);
  if (telegram && same(url.pathname.replace(/^\/|\/$/gu, ""))) return url.searchParams.get("start") ?? "";
  if (url.protocol === "tg:" && url.href.startsWith("tg://resolve") && same(url.searchParams.get("domain"))) {
    return url.searchParams.get("start") ?? "";
  }
  return null;
}
