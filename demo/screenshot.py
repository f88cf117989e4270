"""`python -m demo.screenshot /scoreboard/ scoreboard.png`: a page of the running demo, as one of its people sees it."""

from __future__ import annotations

import argparse
import shutil
import sys

from playwright.sync_api import sync_playwright

from demo.environment import running_place
from demo.processes import Failed
from demo.services import answers
from demo.world.sign_in import SIGN_IN


def main() -> int:
    """Take the picture. Returns 1 when no demo runs or there is no Chromium."""
    parser = argparse.ArgumentParser(prog="python -m demo.screenshot", description=__doc__)
    parser.add_argument("path", nargs="?", default="/scoreboard/", help="of the page (/scoreboard/)")
    parser.add_argument("file", nargs="?", default="scoreboard.png", help="of the picture (scoreboard.png)")
    parser.add_argument("--as", dest="email", default=SIGN_IN[0][0], choices=[email for email, _ in SIGN_IN])
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--phone", action="store_true")
    options = parser.parse_args()
    try:
        url = running_place().url
        if not answers(f"{url}/healthz"):
            raise Failed("the demo does not run: `make demo`")
        browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        if browser is None:
            raise Failed("there is no Chromium on this machine")
        _take(url, browser, options)
    except Failed as error:
        print(f"demo.screenshot: {error}", file=sys.stderr)
        return 1
    print(options.file)
    return 0


def _take(url: str, browser: str, options: argparse.Namespace) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(
            base_url=url,
            viewport={"width": 375, "height": 740} if options.phone else {"width": 1440, "height": 900},
            color_scheme="dark" if options.dark else "light",
        )
        page.goto(f"/sign-in/?next={options.path}")
        page.locator(f"form:has(input[value='{options.email}']) button").click()
        page.wait_for_url(f"**{options.path}")
        page.screenshot(path=options.file, full_page=True)
        chromium.close()


if __name__ == "__main__":
    sys.exit(main())
