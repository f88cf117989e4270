// Escape closes the phone's menu.
export function closeMenuOnEscape(doc) {
  doc.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && doc.querySelector("details.menu[open]");
    if (!menu || !menu.checkVisibility?.()) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
