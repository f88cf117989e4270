// A form that writes is sent once; a filter form is sent when a choice changes.
const RELEASE_AFTER_MS = 10_000; // the answer may be a download, which leaves the page standing

function hold(form) {
  form.dataset.busy = "";
  form.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), RELEASE_AFTER_MS);
}

function release(form) {
  delete form.dataset.busy;
  form.removeAttribute("aria-busy");
}

const writes = (form) => form instanceof HTMLFormElement && form.method === "post";

export function guardSubmits(doc) {
  // Capture: refuse the second submit before htmx sees it.
  doc.addEventListener("submit", (event) => {
    if (writes(event.target) && "busy" in event.target.dataset) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);
  // Bubble: an ordinary submit that nobody cancelled is under way. htmx says so itself, after its confirm question.
  doc.addEventListener("submit", (event) => {
    if (writes(event.target) && !event.defaultPrevented) hold(event.target);
  });
  doc.addEventListener("htmx:beforeSend", (event) => {
    if (writes(event.detail.elt)) hold(event.detail.elt);
  });
  doc.addEventListener("htmx:afterRequest", (event) => {
    if (writes(event.detail.elt)) release(event.detail.elt);
  });
  // Coming back with the browser's Back button shows the page as it was left: held.
  addEventListener("pageshow", () => doc.querySelectorAll("form[data-busy]").forEach(release));
}

export function submitOnChange(doc) {
  doc.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form?.matches("form[data-autosubmit]")) return;
    if (event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) form.requestSubmit();
  });
}
