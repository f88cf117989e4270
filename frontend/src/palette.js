// "/" opens the palette: a dialog in which a word finds a page without leaving the keys (the combobox pattern of ARIA).
// What the options are, the server says.
const WAIT_MS = 120;
const typing = (element) => element.matches?.("input, select, textarea") || element.isContentEditable;

export function openPaletteOnSlash(doc) {
  doc.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const dialog = doc.querySelector("dialog.palette");
    if (!dialog?.showModal || doc.querySelector("dialog[open]")) return;
    event.preventDefault();
    palette(dialog).open();
  });
}

const palettes = new WeakMap();

function palette(dialog) {
  if (!palettes.has(dialog)) palettes.set(dialog, new Palette(dialog));
  return palettes.get(dialog);
}

class Palette {
  constructor(dialog) {
    this.dialog = dialog;
    this.input = dialog.querySelector("[role=combobox]");
    this.list = dialog.querySelector("[role=listbox]");
    this.told = dialog.querySelector("[role=status]");
    this.input.addEventListener("input", () => this.later());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("pointermove", (event) => this.choose(event.target.closest("[role=option]")));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => this.forget());
  }

  open() {
    this.dialog.showModal();
    this.input.focus();
    this.input.select();
    if (this.input.value.trim()) this.ask();
  }

  forget() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.show("", "");
    // Chromium may leave the focus in here, where the next "/" would be typed.
    this.input.blur();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT_MS);
  }

  async ask() {
    // Only the newest question is answered: an older answer that comes late would be for other words.
    this.request?.abort();
    const words = this.input.value.trim();
    if (!words) return this.show("", "");
    const request = new AbortController();
    this.request = request;
    try {
      const address = `${this.list.dataset.from}?q=${encodeURIComponent(words)}`;
      const answer = await fetch(address, { signal: request.signal, headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const html = await answer.text();
      if (this.request === request && this.dialog.open) this.show(html);
    } catch (error) {
      if (error.name !== "AbortError") this.show("", "No suggestions can be had now. Press Enter to search.");
    }
  }

  show(html, sentence) {
    this.list.innerHTML = html;
    const many = this.options().length;
    this.list.hidden = !many;
    this.input.setAttribute("aria-expanded", String(many > 0));
    this.told.textContent = sentence ?? (many ? `${many} suggested` : "Nothing begins like this. Press Enter to search for it.");
    this.choose(null);
  }

  options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  choose(option) {
    for (const one of this.options()) one.setAttribute("aria-selected", String(one === option));
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const options = this.options();
    const now = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
    const last = options.length - 1;
    if (event.key === "Enter" && now >= 0) {
      event.preventDefault();
      options[now].click();
      return;
    }
    if (event.isComposing || last < 0) return;
    // From the last one on, the arrow goes back to what is typed, then to the first.
    const steps = { ArrowDown: now === last ? -1 : now + 1, ArrowUp: now === -1 ? last : now - 1 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    this.choose(options[steps[event.key]] ?? null);
  }
}
