// Django's CSRF token on each htmx request that changes something.
const SAFE = new Set(["get", "head", "options"]);
const COOKIE = /(?:^|;\s*)(?:__Host-|__Secure-)?csrftoken=([^;]+)/;

function token(doc) {
  const meta = doc.querySelector('meta[name="csrf-token"]');
  if (meta?.content) return meta.content;
  const found = COOKIE.exec(doc.cookie);
  return found ? decodeURIComponent(found[1]) : "";
}

export function sendCsrfToken(doc) {
  doc.addEventListener("htmx:configRequest", (event) => {
    const { verb, headers } = event.detail;
    if (!SAFE.has(verb.toLowerCase())) headers["X-CSRFToken"] = token(doc);
  });
}
