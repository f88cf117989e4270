// A part that could not be fetched says so in plain words, where screen readers hear it.
const SENTENCES = {
  403: "You may not do this. If you should, ask the owner.",
  404: "This is no longer there. Reload the page.",
  429: "Too many requests. Wait a minute, then try again.",
};

function say(doc, sentence) {
  const place = doc.getElementById("live");
  if (!place) return;
  const notice = doc.createElement("p");
  notice.className = "notice bad";
  notice.textContent = sentence;
  place.replaceChildren(notice);
}

// What a page asks for by itself every now and then (data-quiet) neither complains nor takes a complaint away.
const isQuiet = (event) => event.detail.elt?.closest?.("[data-quiet]");

export function tellOfFailures(doc) {
  doc.addEventListener("htmx:responseError", (event) => {
    if (isQuiet(event)) return;
    say(doc, SENTENCES[event.detail.xhr.status] ?? "Cairn could not answer. Nothing you typed is lost: try again.");
  });
  doc.addEventListener("htmx:sendError", (event) => {
    if (isQuiet(event)) return;
    say(doc, "Cairn cannot be reached. Check your connection, then try again.");
  });
  doc.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && !isQuiet(event)) doc.getElementById("live")?.replaceChildren();
  });
}
