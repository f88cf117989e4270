// Cairn's one script. Every page works without it; it makes pages quicker to use.
// htmx reads its settings from <meta name="htmx-config"> in base.html: no eval, no injected style.
import "htmx.org";
import { renewCsrfToken, sendCsrfToken } from "./csrf.js";
import { guardSubmits, submitOnChange } from "./forms.js";
import { closeMenuOnEscape } from "./keys.js";
import { openPaletteOnSlash } from "./palette.js";
import { tellOfFailures } from "./failures.js";
import { startEditors } from "./editor.js";
import { startReordering } from "./reorder.js";
import { takeAttachments } from "./attachments.js";
import { offerCopying } from "./copy.js";

sendCsrfToken(document);
renewCsrfToken(document);
guardSubmits(document);
submitOnChange(document);
openPaletteOnSlash(document);
closeMenuOnEscape(document);
tellOfFailures(document);
startEditors(document);
startReordering(document);
takeAttachments(document);
offerCopying(document);
