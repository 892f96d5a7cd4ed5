// The page works without this: it then shows times in the store's zone, and loads itself again. This shows them in the
// viewer's zone, and takes what has changed from the server as it comes.
"use strict";

const long = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const short = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

function showTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (isNaN(moment)) continue;
    time.textContent = (time.hasAttribute("data-short") ? short : long).format(moment);
    // The title says it in the store's zone.
  }
}

function showZone() {
  const place = document.getElementById("zone");
  if (place && zone) place.textContent = `Times in ${zone}; ${place.textContent.replace("Times in the store’s zone, ", "the store’s zone is ")}`;
}

/// Puts what has come in its place, but for what somebody is at work with.
function show(parts) {
  for (const [id, html] of Object.entries(parts)) {
    const place = document.getElementById(id);
    if (!place || place.contains(document.activeElement)) continue;
    const open = [...place.querySelectorAll("details")].map((details) => details.open);
    place.innerHTML = html;
    place.querySelectorAll("details").forEach((details, index) => { details.open = open[index] ?? false; });
    showTimes(place);
  }
}

function follow(address) {
  const notice = document.getElementById("connection");
  const events = new EventSource(address);
  events.addEventListener("parts", (event) => {
    notice.hidden = true;
    show(JSON.parse(event.data));
  });
  events.addEventListener("end", () => {
    // The session is over.
    events.close();
    location.reload();
  });
  events.onopen = () => { notice.hidden = true; };
  events.onerror = () => {
    notice.hidden = false;
    // The browser tries again by itself, unless it was refused.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => { events.close(); follow(address); }, 5000);
  };
}

/// Takes the numbers to import from a file, which the form then sends as text.
function readFiles() {
  const [row, file, text] = ["file-row", "file", "numbers"].map((id) => document.getElementById(id));
  if (!row) return;
  row.hidden = false;
  file.addEventListener("change", async () => { if (file.files[0]) text.value = await file.files[0].text(); });
}

showTimes(document);
showZone();
readFiles();
if (document.body.dataset.events) follow(document.body.dataset.events);
