// Cairn's one script. Every page works without it; it makes pages quicker to use.
// htmx reads its settings from <meta name="htmx-config"> in base.html: no eval, no injected style.
import "htmx.org";
import { renewCsrfToken, sendCsrfToken } from "./csrf.js";
import { guardSubmits, submitOnChange } from "./forms.js";
import { focusSearchOnSlash, closeMenuOnEscape } from "./keys.js";
import { tellOfFailures } from "./failures.js";
import { startEditors } from "./editor.js";

sendCsrfToken(document);
renewCsrfToken(document);
guardSubmits(document);
submitOnChange(document);
focusSearchOnSlash(document);
closeMenuOnEscape(document);
tellOfFailures(document);
startEditors(document);
