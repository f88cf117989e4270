// The editor of documents: files by drag, paste or button, and a word before leaving with unsaved text. The preview is
// htmx's; without this script a button previews, and the page of files takes files.

function insert(textarea, words) {
  const before = textarea.value.slice(0, textarea.selectionStart);
  const apart = before && !/\s$/.test(before) ? " " : "";
  textarea.setRangeText(apart + words, textarea.selectionStart, textarea.selectionEnd, "end");
  textarea.dispatchEvent(new Event("input", { bubbles: true }));
  textarea.dispatchEvent(new Event("editor:changed", { bubbles: true }));
}

async function send(form, file) {
  const body = new FormData();
  body.set("file", file, file.name || "picture.png");
  const answer = await fetch(form.dataset.filesUrl, {
    method: "POST",
    body,
    headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error || "It could not be added. Try once more, or add it on the page of files.");
  return said;
}

function takeFiles(form, textarea) {
  const status = form.querySelector("[data-editor-said]");
  let last = Promise.resolve();
  const take = (files) => {
    // One after the other: they stand in the text in the order in which they were given.
    for (const file of files) {
      last = last.then(async () => {
        status.textContent = `Adding ${file.name}…`;
        try {
          const made = await send(form, file);
          insert(textarea, made.reference);
          status.textContent = `${made.name} is added.`;
        } catch (error) {
          status.textContent = `${file.name}: ${error.message}`;
        }
      });
    }
  };
  textarea.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    // What is copied from an office program comes as text and as a picture of it: the text is meant.
    if (!files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    take(files);
  });
  textarea.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    textarea.classList.add("dropping");
  });
  textarea.addEventListener("dragleave", () => textarea.classList.remove("dropping"));
  textarea.addEventListener("drop", (event) => {
    textarea.classList.remove("dropping");
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    take(files);
  });
  form.querySelector("[data-editor-file]").addEventListener("change", (event) => {
    take([...event.target.files]);
    event.target.value = "";
  });
}

function warnBeforeLeaving(form) {
  const typed = () => ["title", "summary", "text", "note"].map((name) => form.elements[name]?.value).join("\0");
  const saved = typed();
  let leaving = false;
  form.addEventListener("submit", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("beforeunload", (event) => {
    if (leaving || !("unsaved" in form.dataset || typed() !== saved)) return;
    event.preventDefault();
  });
}

export function startEditors(doc) {
  for (const form of doc.querySelectorAll("form[data-editor]")) {
    form.querySelectorAll("[data-editor-only]").forEach((one) => { one.hidden = false; });
    form.querySelectorAll("[data-without-script]").forEach((one) => { one.hidden = true; });
    takeFiles(form, form.elements.text);
    warnBeforeLeaving(form);
  }
}
