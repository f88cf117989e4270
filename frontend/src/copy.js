// Buttons that copy the text of an element: <button data-copy="id" hidden>. Without a script the text is selected by hand.
export function offerCopying(root) {
  for (const button of root.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    const said = button.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(root.getElementById(button.dataset.copy).textContent);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = said), 2000);
    });
  }
}
