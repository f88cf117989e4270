// Django's CSRF token on each htmx request that changes something, and on forms that outlived it.
const SAFE = new Set(["get", "head", "options"]);
const COOKIE = /(?:^|;\s*)(?:__Host-|__Secure-)?csrftoken=([^;]+)/;

const fromCookie = (doc) => decodeURIComponent(COOKIE.exec(doc.cookie)?.[1] ?? "");

function token(doc) {
  return doc.querySelector('meta[name="csrf-token"]')?.content || fromCookie(doc);
}

export function sendCsrfToken(doc) {
  doc.addEventListener("htmx:configRequest", (event) => {
    const { verb, headers } = event.detail;
    if (!SAFE.has(verb.toLowerCase())) headers["X-CSRFToken"] = token(doc);
  });
}

// Whoever signed in again in another tab has a new token; the form that stood open here would be refused with its old one.
export function renewCsrfToken(doc) {
  doc.addEventListener("submit", (event) => {
    const field = event.target.elements?.namedItem("csrfmiddlewaretoken");
    const now = fromCookie(doc);
    if (field instanceof HTMLInputElement && now) field.value = now;
  });
}
