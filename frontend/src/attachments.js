// A message takes files by drag and by paste too. They go into the file box that works without this script, so they
// are sent with the message and can be taken out of it again by choosing anew.

const named = (files) => [...files].map((file) => file.name).join(", ");

function add(input, files, said) {
  const all = new DataTransfer();
  for (const file of [...input.files, ...files]) all.items.add(file);
  input.files = all.files;
  said.textContent = `With the message: ${named(input.files)}`;
}

export function takeAttachments(doc) {
  for (const form of doc.querySelectorAll("form[data-attachments]")) {
    const input = form.querySelector("input[type=file]");
    const text = form.querySelector("textarea");
    const said = form.querySelector("[data-attached]");
    input.addEventListener("change", () => { said.textContent = ""; });
    text.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      // What is copied from an office program comes as text and as a picture of it: the text is meant.
      if (!files.length || event.clipboardData.types.includes("text/plain")) return;
      event.preventDefault();
      add(input, files, said);
    });
    text.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      text.classList.add("dropping");
    });
    text.addEventListener("dragleave", () => text.classList.remove("dropping"));
    text.addEventListener("drop", (event) => {
      text.classList.remove("dropping");
      const files = [...(event.dataTransfer?.files ?? [])];
      if (!files.length) return;
      event.preventDefault();
      add(input, files, said);
    });
  }
}
