/* Keeps the page as the server's stream of changes tells it, and the favourites in a cookie.
   Without it the page is whole and its links and forms work; it only stands still. */
"use strict";

const root = document.documentElement;
root.classList.add("js");
const main = document.getElementById("main");
let stream = null;
let version = main.dataset.version;

/* Make `old` like `fresh`, leaving every node alone that is equal: so nothing loses its focus, is folded open
   or drawn anew. Children with an id are matched by it, the others by their place. */
function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName || old.nodeType !== 1 || (old.id || "") !== (fresh.id || "")) {
    old.replaceWith(fresh);
    return;
  }
  const before = old.dataset ? old.dataset.price : undefined;
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !kept(old, name)) old.removeAttribute(name);
  }
  for (const { name, value } of [...fresh.attributes]) {
    if (old.getAttribute(name) !== value && !kept(old, name)) old.setAttribute(name, value);
  }
  children(old, fresh);
  if (before !== undefined && old.dataset.price !== undefined) flash(old, before, old.dataset.price);
}

/* What the reader has set: which group is open, what is being typed. */
function kept(element, name) {
  return element.nodeName === "DETAILS" && name === "open";
}

function children(old, fresh) {
  const known = new Map();
  for (const child of old.children) if (child.id) known.set(child.id, child);
  let place = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const same = child.id ? known.get(child.id) : place && !place.id ? place : null;
    if (!same) {
      old.insertBefore(child, place);
      continue;
    }
    if (same !== place) old.insertBefore(same, place);
    else place = place.nextSibling;
    morph(same, child);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function flash(element, before, after) {
  const change = parseFloat(after) - parseFloat(before);
  if (!change) return;
  const name = change > 0 ? "fb-up" : "fb-down";
  element.classList.remove("fb-up", "fb-down");
  void element.offsetWidth; // so that the animation begins again
  element.classList.add(name);
  setTimeout(() => element.classList.remove(name), 2000);
}

function built(html, wrapper) {
  const template = document.createElement("template");
  template.innerHTML = wrapper ? `<div class="fb-block" id="b-${wrapper}">${html}</div>` : html;
  return template.content;
}

function take(patch) {
  version = patch.version;
  main.dataset.version = version;
  document.title = patch.title;
  if (patch.header) morph(document.getElementById("head"), built(patch.header).firstChild);
  const focused = document.activeElement;
  for (const [key, html] of Object.entries(patch.blocks)) {
    const fresh = built(html, key).firstChild;
    const old = document.getElementById(`b-${key}`);
    if (old) morph(old, fresh);
    else main.append(fresh);
  }
  if (patch.order) arrange(patch.order);
  if (focused && focused !== document.activeElement && document.contains(focused)) focused.focus({ preventScroll: true });
}

function arrange(order) {
  const wanted = new Set(order.map((key) => `b-${key}`));
  for (const block of [...main.children]) if (!wanted.has(block.id)) block.remove();
  let place = main.firstElementChild;
  for (const key of order) {
    const block = document.getElementById(`b-${key}`);
    if (block === place) place = place.nextElementSibling;
    else if (block) main.insertBefore(block, place);
  }
}

function listen() {
  stop();
  const query = new URLSearchParams(location.search);
  query.set("version", version);
  const opened = new EventSource(`events?${query}`);
  stream = opened;
  opened.onopen = () => { document.getElementById("lost").hidden = true; };
  opened.onerror = () => {
    document.getElementById("lost").hidden = false;
    if (opened.readyState === EventSource.CLOSED) setTimeout(() => { if (stream === opened) listen(); }, 3000);
  };
  opened.addEventListener("status", (event) => {
    const fresh = document.createElement("section");
    fresh.append(built(JSON.parse(event.data)));
    children(document.getElementById("status"), fresh);
  });
  opened.addEventListener("patch", (event) => take(JSON.parse(event.data)));
}

function stop() {
  if (stream) stream.close();
  stream = null;
}

/* Show another state of this view without losing what has the focus. */
function go(address) {
  history.replaceState(null, "", address);
  listen();
}

function filtered(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const text = String(value).trim();
    if (text && !(name === "sort" && text === "competition")) query.append(name, text);
  }
  const text = query.toString();
  return text ? `./?${text}` : "./";
}

let waiting = 0;
document.addEventListener("input", (event) => {
  const form = event.target.closest ? event.target.closest("form.fb-filters") : null;
  if (!form) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => go(filtered(form)), event.target.type === "search" ? 250 : 0);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.fb-filters")) return;
  event.preventDefault();
  clearTimeout(waiting);
  go(filtered(event.target));
});

function favourites() {
  const found = document.cookie.split("; ").find((one) => one.startsWith("favourites="));
  return found ? found.slice(11).split(".").filter(Boolean) : [];
}

document.addEventListener("click", (event) => {
  const star = event.target.closest ? event.target.closest("[data-star]") : null;
  if (!star) return;
  const id = star.dataset.star;
  const others = favourites().filter((one) => one !== id);
  const on = star.getAttribute("aria-pressed") !== "true";
  const ids = on ? [id, ...others].slice(0, 100) : others;
  document.cookie = `favourites=${ids.join(".")}; path=${location.pathname}; max-age=31536000; samesite=strict`;
  for (const same of document.querySelectorAll(`[data-star="${CSS.escape(id)}"]`)) same.setAttribute("aria-pressed", on);
  listen();
});

/* A page that nobody sees costs nothing. */
document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
addEventListener("pageshow", () => { if (!document.hidden) listen(); });
addEventListener("pagehide", stop);
