"""Chromium by a few lines of W3C WebDriver: https://www.w3.org/TR/webdriver2/."""

import base64
import contextlib
import json
import re
import shutil
import subprocess
import urllib.error
import urllib.request

OPTIONS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-first-run",
]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
MISSING = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]


class Browser:
    """A tab of a browser: what it shows, what it says, and what it asks for."""

    def __init__(self, root):
        wanted = {
            "goog:chromeOptions": {"args": OPTIONS, "binary": shutil.which("chromium")},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        self.session = ""
        self.root = root
        self.session = f"/session/{self._ask('/session', {'capabilities': {'alwaysMatch': wanted}})['sessionId']}"

    def open(self, path, width=1280, height=900, **media):
        """Show a file in a window of this size; ``prefers_color_scheme="dark"``, ``media="print"``."""
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.devtools("Emulation.setDeviceMetricsOverride", **screen)
        features = [
            {"name": name.replace("_", "-"), "value": value} for name, value in media.items() if name != "media"
        ]
        self.devtools("Emulation.setEmulatedMedia", media=media.get("media", ""), features=features)
        self.messages()
        self.requests()
        self._ask("/url", {"url": path.resolve().as_uri()})

    def run(self, script, *args):
        """What a script returns."""
        return self._ask("/execute/sync", {"script": script, "args": list(args)})

    def devtools(self, command, **params):
        """What a command of Chromium's own returns."""
        return self._ask("/goog/cdp/execute", {"cmd": command, "params": params})

    def messages(self):
        """What the console has shown since it was last asked."""
        return [entry["message"] for entry in self._ask("/se/log", {"type": "browser"})]

    def requests(self):
        """Addresses of all that was asked for since this was last asked."""
        events = [json.loads(entry["message"])["message"] for entry in self._ask("/se/log", {"type": "performance"})]
        return [each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"]

    def point(self, selector, click=False):
        """Move the pointer to the middle of an element that a script's expression finds, and click there."""
        place = self.run(f"const found = {selector}; found.scrollIntoView({{block: 'center'}}); return found;")
        move = {"type": "pointerMove", "duration": 0, "x": 0, "y": 0, "origin": {ELEMENT: place[ELEMENT]}}
        pressed = [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}] if click else []
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [move, *pressed]}
        self._ask("/actions", {"actions": [mouse]})

    def keys(self, selector, keys):
        """Type keys into the element that a script's expression finds."""
        place = self.run(f"return {selector};")
        self._ask(f"/element/{place[ELEMENT]}/value", {"text": keys})

    def picture(self):
        """The whole page as PNG."""
        size = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
        clip = {**size, "scale": 1}
        return base64.b64decode(self.devtools("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"])

    def paper(self):
        """The page as PDF."""
        return base64.b64decode(self.devtools("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])

    def _ask(self, path, body):
        request = urllib.request.Request(
            f"{self.root}{self.session}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(json.load(error)["value"]["message"]) from None

    def close(self):
        """End the session, and the browser with it."""
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(urllib.request.Request(f"{self.root}{self.session}", method="DELETE"), timeout=60),
        ):
            pass


@contextlib.contextmanager
def browser():
    """A browser while it lasts."""
    with subprocess.Popen(
        ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as driver:
        try:
            port = next(found[1] for line in driver.stdout if (found := re.search(r"successfully on port (\d+)", line)))
            made = Browser(f"http://127.0.0.1:{port}")
            try:
                yield made
            finally:
                made.close()
        finally:
            driver.terminate()
