// "/" goes to the search box, Escape closes the phone's menu.
const typing = (element) => element.matches?.("input, select, textarea") || element.isContentEditable;

export function focusSearchOnSlash(doc) {
  doc.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const box = doc.querySelector("form[role=search] input[type=search]");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

export function closeMenuOnEscape(doc) {
  doc.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && doc.querySelector("details.menu[open]");
    if (!menu || !menu.checkVisibility?.()) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
