// The pages work without this file. With it: Enter sends, nothing is sent twice, what is typed survives,
// and a page told that it is out of date fetches itself and takes over what changed.
"use strict";

const main = document.getElementById("main");
const scrolls = document.querySelector(".feed") !== null;

function atBottom() {
  return window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 120;
}

function toBottom() {
  window.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
}

// Taking over what changed

function mergeItems(region, fresh) {
  const known = new Set();
  for (const item of fresh.children) {
    known.add(item.id);
    const present = document.getElementById(item.id);
    if (present === null) region.append(document.importNode(item, true));
    else if (present.dataset.mark !== item.dataset.mark) present.replaceWith(document.importNode(item, true));
  }
  for (const item of [...region.children]) {
    if (item.id === "welcome" && !known.has(item.id)) item.remove();
  }
}

function replaceRegion(region, fresh) {
  const focused = region.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  region.replaceChildren(...document.importNode(fresh, true).childNodes);
  if (focused !== null) region.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
}

function takeOver(page) {
  const follow = scrolls && atBottom();
  for (const region of document.querySelectorAll("[data-region]")) {
    const fresh = page.querySelector(`[data-region="${region.dataset.region}"]`);
    if (fresh === null) continue;
    if ("merge" in region.dataset) mergeItems(region, fresh);
    else replaceRegion(region, fresh);
  }
  const live = page.getElementById("main").dataset.live;
  if (live) main.dataset.live = live;
  if (follow) toBottom();
}

async function refresh() {
  const response = await fetch(window.location.href, { headers: { Accept: "text/html" } });
  if (response.ok) takeOver(parse(await response.text()));
}

function parse(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

// Live updates; a hidden page lets its connection go, because browsers allow few of them per site

let source = null;

function listen() {
  if (!main.dataset.live || document.hidden || source !== null) return;
  source = new EventSource(main.dataset.live);
  source.addEventListener("changed", refresh);
}

function silence() {
  source?.close();
  source = null;
}

document.addEventListener("visibilitychange", () => (document.hidden ? silence() : listen()));
window.addEventListener("pagehide", silence);
window.addEventListener("pageshow", listen);

// Sending

function lock(form, locked) {
  form.dataset.sent = locked ? "yes" : "";
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", String(locked));
}

function alertWith(text) {
  const box = document.createElement("p");
  box.className = "alert bad";
  box.textContent = text;
  document.getElementById("alert").replaceChildren(box);
  box.scrollIntoView({ block: "nearest" });
}

function renewKeys(form, page) {
  const twin = form.id ? page.getElementById(form.id) : null;
  const fresh = twin?.elements.namedItem("key");
  if (fresh) form.elements.namedItem("key").value = fresh.value;
}

function clearSent(fields) {
  for (const [field, sent] of fields) {
    if (field.type === "file") {
      if (field.files === sent) field.value = "";
    } else if (field.value.startsWith(sent)) {
      field.setRangeText("", 0, sent.length); // what was typed since stays, and where it was being typed
      keepDraft(field);
    }
  }
}

async function send(form, submitter) {
  const filled = new FormData(form, submitter);
  const sent = [...form.querySelectorAll('textarea, input[type="file"]')].map((field) => [field, field.files ?? field.value]);
  const fields = form.enctype === "multipart/form-data" ? filled : new URLSearchParams(filled);
  let response;
  try {
    // Not form.action: a field may bear that name.
    response = await fetch(form.getAttribute("action"), { method: "POST", body: fields });
  } catch {
    alertWith(document.body.dataset.unsent); // the key stays the same: sending again is harmless
    return;
  }
  if (response.redirected && new URL(response.url).pathname !== window.location.pathname) {
    if ("clear" in form.dataset) clearSent(sent);
    window.location.assign(response.url); // a command that opens a page
    return;
  }
  const page = parse(await response.text());
  page.querySelector("[data-lost]")?.remove(); // this page still holds the files
  document.getElementById("alert").replaceChildren(...page.getElementById("alert").childNodes);
  document.getElementById("done").replaceChildren(...page.getElementById("done").childNodes);
  takeOver(page);
  document.querySelector("[data-error], #done .alert")?.scrollIntoView({ block: "nearest" });
  renewKeys(form, page);
  if (response.ok && "clear" in form.dataset) clearSent(sent);
  if (response.ok && scrolls) toBottom();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent === "yes") {
    event.preventDefault();
    if ("busy" in form.dataset) alertWith(form.dataset.busy);
    return;
  }
  if (form.method !== "post") return;
  if ("leave" in form.dataset) sessionStorage.clear();
  lock(form, true);
  if (!("async" in form.dataset)) {
    if ("draft" in form.dataset) sessionStorage.setItem(`sent:${form.elements.namedItem("key").value}`, form.dataset.draft);
    return;
  }
  event.preventDefault();
  send(form, event.submitter).finally(() => lock(form, false));
});
window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => lock(form, false)));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  if (!event.target.matches("[data-enter-sends]") || !window.matchMedia("(pointer: fine)").matches) return;
  event.preventDefault();
  if (event.target.value.trim()) event.target.form.requestSubmit();
});

// Drafts outlive a reload and a message that did not leave, in this tab only

function draftKey(field) {
  return `draft:${field.form.dataset.draft}:${field.name}`;
}

function keepDraft(field) {
  if (field.tagName !== "TEXTAREA" || !field.form || !("draft" in field.form.dataset)) return;
  sessionStorage.setItem(draftKey(field), field.value);
}

// The address that an accepted form leads to bears its key: nothing else says that the service has the text.
function dropAccepted() {
  const sent = `sent:${new URLSearchParams(window.location.search).get("sent")}`;
  const draft = sessionStorage.getItem(sent);
  if (draft === null) return;
  for (const name of Object.keys(sessionStorage)) {
    if (name === sent || name.startsWith(`draft:${draft}:`)) sessionStorage.removeItem(name);
  }
}

function restoreDrafts() {
  for (const field of document.querySelectorAll("form[data-draft] textarea")) {
    const kept = sessionStorage.getItem(draftKey(field));
    if (kept === null || kept === field.value) continue;
    field.value = kept;
    const details = field.closest("details");
    if (details !== null) details.open = true;
  }
}

document.addEventListener("input", (event) => keepDraft(event.target));

// A link to a folded form opens it
function openTarget() {
  const target = document.getElementById(window.location.hash.slice(1));
  if (target !== null && target.tagName === "DETAILS") target.open = true;
}

window.addEventListener("hashchange", openTarget);
dropAccepted();
restoreDrafts();
openTarget();
if (scrolls) {
  toBottom();
  // What one comes here for; on a phone it would raise the keyboard over the answers.
  if (window.matchMedia("(pointer: fine)").matches) document.getElementById("text").focus({ preventScroll: true });
}
