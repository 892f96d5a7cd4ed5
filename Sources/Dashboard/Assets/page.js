// The page works without this: it then shows times in the store's zone, and loads itself again. This shows them in the
// viewer's zone, and takes what has changed from the server as it comes.
"use strict";

const long = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const short = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
// Five letters, as in the store's zone.
const minute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
// A browser that does not know its machine's zone calls it Etc/Unknown, and shows UTC.
const named = Intl.DateTimeFormat().resolvedOptions().timeZone;
const zone = !named || named === "Etc/Unknown" ? "UTC" : named;

function showTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (isNaN(moment)) continue;
    time.textContent = (time.hasAttribute("data-short") ? short : long).format(moment);
    // The title says it in the store's zone.
  }
  for (const text of root.querySelectorAll("svg [data-utc]")) {
    const moment = new Date(text.dataset.utc);
    if (!isNaN(moment)) text.textContent = minute.format(moment) + text.textContent.slice(5);
  }
}

function showZone() {
  const place = document.getElementById("zone");
  if (place) place.textContent = `Times in ${zone}; ${place.textContent.replace("Times in the store’s zone, ", "the store’s zone is ")}`;
}

/// Whether somebody is at work with what stands in a place, or has marked some of it to copy it.
function isInUse(place) {
  const marked = getSelection();
  return place.contains(document.activeElement) || (!marked.isCollapsed && marked.containsNode(place, true));
}

/// Puts what has come in its place, and leaves there how it was opened and moved. What somebody is at work with waits.
const waiting = {};
function show(parts) {
  Object.assign(waiting, parts);
  for (const [id, html] of Object.entries(waiting)) {
    const place = document.getElementById(id);
    if (place && isInUse(place)) continue;
    delete waiting[id];
    if (!place) continue;
    const moved = ".wide, .scroll";
    const open = [...place.querySelectorAll("details")].map((details) => details.open);
    const left = [...place.querySelectorAll(moved)].map((box) => box.scrollLeft);
    place.innerHTML = html;
    place.querySelectorAll("details").forEach((details, index) => { details.open = open[index] ?? false; });
    place.querySelectorAll(moved).forEach((box, index) => { box.scrollLeft = left[index] ?? 0; });
    showTimes(place);
  }
}

/// Follows the page while it is seen: a browser has few connections to one server, and tabs in the background would take
/// all of them.
function follow(address) {
  const notice = document.getElementById("connection");
  const pause = document.getElementById("pause");
  let [events, heard, isPaused] = [null, 0, false];

  function begin() {
    end();
    if (isPaused || document.hidden) return;
    heard = Date.now();
    events = new EventSource(address);
    events.addEventListener("parts", (event) => {
      [heard, notice.hidden] = [Date.now(), true];
      show(JSON.parse(event.data));
    });
    // The session is over.
    events.addEventListener("end", () => { end(); location.reload(); });
    events.onerror = () => {
      notice.hidden = false;
      // The browser tries again by itself, unless it was refused.
      if (events && events.readyState === EventSource.CLOSED) setTimeout(begin, 5000);
    };
  }

  function end() {
    if (events) events.close();
    events = null;
  }

  /// Between a server that says something every fifteen seconds and this page a proxy may keep all of it back, or a
  /// connection may have been forgotten while the machine slept. Then the page is asked for as a whole.
  async function look() {
    if (isPaused || document.hidden || Date.now() - heard < 25000) return;
    const answer = await fetch(location.href).catch(() => null);
    notice.hidden = answer !== null && answer.ok;
    if (!answer || !answer.ok) return;
    if (answer.redirected) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    show(Object.fromEntries([...page.querySelectorAll("[data-part]")].map((part) => [part.id, part.innerHTML])));
    // Perhaps it is heard again.
    if (!events || events.readyState === EventSource.CLOSED || Date.now() - heard > 120000) begin();
  }

  document.addEventListener("visibilitychange", begin);
  addEventListener("pagehide", end);
  addEventListener("pageshow", (event) => { if (event.persisted) begin(); });
  pause.hidden = false;
  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.textContent = isPaused ? "Go on with updates" : "Pause updates";
    begin();
  });
  setInterval(look, 10000);
  begin();
}

/// The text of a file, as spreadsheets and carriers write it: of Unicode, or else of Windows.
async function text(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const mark = { "255,254": "utf-16le", "254,255": "utf-16be" }[bytes.slice(0, 2).join()];
  try {
    return new TextDecoder(mark ?? "utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/// Takes the numbers to import from a file, which the form then sends as text.
function readFiles() {
  const [row, file, note, numbers] = ["file-row", "file", "file-note", "numbers"].map((id) => document.getElementById(id));
  if (!row) return;
  row.hidden = false;
  file.addEventListener("change", async () => {
    const chosen = file.files[0];
    if (!chosen) return;
    const begin = new Uint8Array(await chosen.slice(0, 4).arrayBuffer()).join();
    // The marks of .xlsx and .xls.
    const isSheet = begin === "80,75,3,4" || begin === "208,207,17,224";
    note.textContent =
      chosen.size > Number(file.dataset.most) ? "This file is too large for the page."
      : isSheet ? "This is a workbook: save the sheet as CSV, or copy its cells." : "";
    if (!note.textContent) numbers.value = await text(chosen);
  });
}

showTimes(document);
showZone();
readFiles();
if (document.body.dataset.events) follow(document.body.dataset.events);
