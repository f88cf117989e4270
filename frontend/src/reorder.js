// The order of a list: by drag on a handle, with Alt and an arrow key on it, or with the buttons, which post by themselves
// where this script is not there. The server says what the order is then; this only asks it.
const EDGE = 70; // px from the window's edge where a drag scrolls the page
const STEP = 12;

export function startReordering(doc) {
  for (const root of doc.querySelectorAll("[data-reorder]")) new Reordering(root);
}

class Reordering {
  constructor(root) {
    this.root = root;
    this.said = root.querySelector("[data-reorder-said]");
    // One after the other: each is asked on what the one before it left.
    this.last = Promise.resolve();
    root.addEventListener("pointerdown", (event) => this.begin(event));
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("submit", (event) => this.submit(event));
    this.ready();
  }

  ready() {
    this.root.querySelectorAll("[data-handle]").forEach((one) => {
      one.hidden = false;
      one.setAttribute("aria-describedby", "order-help");
    });
    this.root.querySelector("[data-reorder-help]").hidden = !this.items().length;
  }

  items() {
    return [...this.root.querySelectorAll("li[data-key]")];
  }

  place(key) {
    return this.items().findIndex((one) => one.dataset.key === key);
  }

  tell(sentence) {
    // The same sentence twice is read twice only when it went away in between.
    this.said.textContent = "";
    requestAnimationFrame(() => { this.said.textContent = sentence; });
  }

  key(event) {
    const ways = { ArrowUp: -1, ArrowDown: 1 };
    if (!event.altKey || !(event.key in ways) || !event.target.matches("[data-handle]")) return;
    event.preventDefault();
    this.by(event.target.closest("li").dataset.key, ways[event.key], "handle");
  }

  submit(event) {
    const way = event.submitter?.dataset.way;
    if (!way) return;
    event.preventDefault();
    this.by(event.target.closest("li").dataset.key, way === "up" ? -1 : 1, way);
  }

  // So many places on from where it stands when its turn comes.
  by(key, many, control) {
    this.last = this.last.then(() => {
      const at = this.place(key);
      const to = at + many;
      if (at < 0) return undefined;
      if (to < 0) return this.tell("It is the first one already.");
      if (to >= this.items().length) return this.tell("It is the last one already.");
      return this.ask(key, to + 1, control);
    });
  }

  async ask(key, to, control) {
    const list = this.root.querySelector("#steps");
    const token = list.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    list.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(this.root.dataset.reorder, {
        method: "POST",
        headers: { "X-Requested-With": "fetch", "X-CSRFToken": token },
        body: new URLSearchParams({ key, to, version: list.dataset.version }),
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const made = page.getElementById("steps");
      if (answer.redirected || !made) throw new Error(answer.statusText);
      list.replaceWith(document.importNode(made, true));
      this.ready();
      this.focus(key, control);
      const now = this.root.querySelector("#steps");
      this.tell(now.dataset.said ?? "");
      this.warn(answer.ok ? "" : now.dataset.said);
    } catch {
      list.removeAttribute("aria-busy");
      this.warn("It could not be moved. Reload the page to see how it stands, and try again.");
    }
  }

  // What did not work is shown too, not only read out.
  warn(sentence) {
    this.root.querySelector("[data-reorder-warning]")?.remove();
    if (!sentence) return;
    const notice = document.createElement("p");
    notice.className = "notice bad";
    notice.setAttribute("role", "alert");
    notice.dataset.reorderWarning = "";
    notice.textContent = sentence;
    this.root.querySelector("#steps").before(notice);
  }

  focus(key, control) {
    const item = this.items()[this.place(key)];
    const wanted = item?.querySelector(control === "handle" ? "[data-handle]" : `[data-way=${control}]`);
    (wanted?.disabled ? item.querySelector("[data-handle]") : wanted)?.focus();
  }

  begin(event) {
    const handle = event.target.closest("[data-handle]");
    if (!handle || event.button !== 0 || this.drag) return;
    event.preventDefault();
    handle.focus();
    const item = handle.closest("li");
    this.drag = { item, key: item.dataset.key, from: event.pageY, at: event.clientY, pointer: event.pointerId };
    item.classList.add("dragged");
    const ending = new AbortController();
    this.drag.ending = ending;
    const on = (name, act) => document.addEventListener(name, act, { signal: ending.signal });
    on("pointermove", (moved) => this.follow(moved));
    on("pointerup", (up) => up.pointerId === this.drag?.pointer && this.drop());
    on("pointercancel", () => this.end());
    on("keydown", (pressed) => pressed.key === "Escape" && this.end());
    this.drag.frame = requestAnimationFrame(() => this.scroll());
  }

  follow(event) {
    if (event.pointerId !== this.drag?.pointer) return;
    this.drag.at = event.clientY;
    this.show();
  }

  // At the window's edge the page scrolls, as long as the pointer stays there and the list goes on.
  scroll() {
    if (!this.drag) return;
    const { at } = this.drag;
    const { top, bottom } = this.drag.item.parentElement.getBoundingClientRect();
    const by = at < EDGE && top < EDGE ? -STEP : at > innerHeight - EDGE && bottom > innerHeight - EDGE ? STEP : 0;
    if (by) {
      scrollBy({ top: by, behavior: "instant" });
      this.show();
    }
    this.drag.frame = requestAnimationFrame(() => this.scroll());
  }

  show() {
    const { item, at, from } = this.drag;
    // Within its list: further down it would make the page longer the further it goes.
    const list = item.parentElement;
    const most = list.offsetHeight - item.offsetHeight - (item.offsetTop - list.offsetTop);
    const by = Math.min(Math.max(at + scrollY - from, list.offsetTop - item.offsetTop), most);
    item.style.transform = `translateY(${by}px)`;
    const others = this.items().filter((one) => one !== item);
    const next = others.findIndex((one) => {
      const box = one.getBoundingClientRect();
      return at < box.top + box.height / 2;
    });
    this.drag.to = next < 0 ? others.length : next;
    others.forEach((one, place) => {
      one.classList.toggle("drop-before", place === this.drag.to);
      one.classList.toggle("drop-after", this.drag.to === others.length && place === others.length - 1);
    });
  }

  drop() {
    const { key, to } = this.drag;
    this.end();
    if (to === undefined || to === this.place(key)) return;
    this.last = this.last.then(() => this.ask(key, to + 1, "handle"));
  }

  end() {
    const { item, ending, frame } = this.drag;
    cancelAnimationFrame(frame);
    ending.abort();
    this.drag = null;
    item.classList.remove("dragged");
    item.style.transform = "";
    for (const one of this.items()) one.classList.remove("drop-before", "drop-after");
  }
}
