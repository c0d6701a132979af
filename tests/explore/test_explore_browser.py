"""What a person sees and does on the explorer's page, in Chromium."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

webdriver = pytest.importorskip("selenium.webdriver")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    DRIVER is None, reason="Debian's chromium and chromium-driver are not installed"
)
_FLAGS = """--headless=new --no-sandbox --disable-dev-shm-usage --disable-gpu --no-first-run
    --disable-background-networking --disable-component-update --disable-sync --window-size=1200,1500"""


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    for flag in _FLAGS.split():
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield chrome
    chrome.quit()


def text(browser: webdriver.Chrome, place: str) -> str:
    return browser.find_element("id", place).text


def until(browser: webdriver.Chrome, place: str, start: str) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 90).until(lambda b: text(b, place).startswith(start))


@pytest.fixture
def page(browser: webdriver.Chrome, link: str) -> webdriver.Chrome:
    browser.get("about:blank")
    browser.get(link)
    until(browser, "verdict", "NOT CLOSED")
    return browser


def entry(page: webdriver.Chrome, layer: int, i: int, j: int) -> webdriver.remote.webelement.WebElement:
    tables = page.find_elements("css selector", "#masks table")
    return tables[layer].find_element("css selector", f'[data-at="{i},{j}"]')


def test_a_pattern_drawn_entry_by_entry_gets_its_verdict(page):
    entry(page, 0, 0, 1).click()
    until(page, "verdict", "CLOSED, checked: valid")
    assert page.find_element("id", "text").get_attribute("value") == "11/11*11/01"
    assert not page.find_element("id", "blow-up").is_displayed()
    entry(page, 0, 0, 1).click()
    until(page, "verdict", "NOT CLOSED, checked: valid")


def test_the_slider_makes_the_weights_grow_and_the_error_shrink(page):
    until(page, "bars-caption", "Sizes")
    assert "Largest weight 10, largest error 0.1" in text(page, "bars-caption")
    page.execute_script(
        "const t = document.getElementById('t'); t.value = 4; t.dispatchEvent(new Event('input'));"
    )
    assert text(page, "t-value") == "t = 1.0e-4"
    assert "Largest weight 10000, largest error 1.0e-4" in text(page, "bars-caption")


def test_the_data_set_stands_below(page):
    until(page, "data-reason", "3 points")
    rows = page.find_elements("css selector", "#data-losses tbody tr")
    assert [row.text.split()[1] for row in rows] == ["1", "0.01", "1.0e-4", "1.0e-6", "1.0e-8"]


def test_the_keyboard_alone_does_it(page):
    from selenium.webdriver.common.keys import Keys

    entry(page, 0, 0, 0).send_keys(Keys.ARROW_RIGHT)
    focused = page.switch_to.active_element
    assert focused.get_attribute("data-at") == "0,1"
    focused.send_keys(Keys.SPACE)
    until(page, "verdict", "CLOSED")
    assert page.switch_to.active_element.get_attribute("data-at") == "0,1"


def test_the_address_leads_back_to_the_pattern(page, link):
    entry(page, 0, 0, 1).click()
    until(page, "verdict", "CLOSED")
    address = page.current_url
    page.get("about:blank")
    page.get(address)
    until(page, "verdict", "CLOSED")
    assert page.find_element("id", "text").get_attribute("value") == "11/11*11/01"


def test_the_atlas_can_be_filtered_and_opened(page):
    page.find_element("css selector", "[data-view=atlas]").click()
    until(page, "count", "3189 of 3189")
    for place, value in (("by-size", "2x2x2"), ("by-verdict", "not_closed")):
        page.execute_script(
            "const s = document.getElementById(arguments[0]); s.value = arguments[1];"
            "s.dispatchEvent(new Event('change'));",
            place,
            value,
        )
    assert text(page, "count") == "1 of 3189 patterns"
    page.find_element("css selector", "#entries button").click()
    until(page, "verdict", "NOT CLOSED")


def test_what_is_no_pattern_is_said_in_a_sentence(page):
    field = page.find_element("id", "text")
    field.clear()
    field.send_keys("1/11\n")
    until(page, "verdict", "No answer")
    assert "expected" in text(page, "reason")


def test_every_control_has_a_name_and_the_console_is_silent(page):
    unnamed = page.execute_script(
        "const named = e => e.textContent.trim() || e.getAttribute('aria-label') ||"
        "document.querySelector(`label[for='${e.id}']`);"
        "return [...document.querySelectorAll('button, input, select')].filter(e => !named(e)).map(e => e.id)"
    )
    assert unnamed == []
    serious = [line for line in page.get_log("browser") if "422" not in line["message"]]
    assert serious == []
