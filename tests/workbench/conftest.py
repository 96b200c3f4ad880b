"""JupyterLab and the app are started once for all tests of the screen."""

import pytest
from places import Place
from playwright.sync_api import Error as PlaywrightError
from screens import browser


@pytest.fixture(scope="session")
def chrome():
    with browser() as started:
        yield started


@pytest.fixture(scope="session", params=["lab", "app"])
def server(request, tmp_path_factory, chrome):
    made = Place(request.param, tmp_path_factory.mktemp(request.param), chrome, breakable=True)
    yield made
    made.server.stop()


@pytest.fixture
def place(server):
    return server.fresh()


@pytest.fixture
def app(server):
    if server.name != "app":
        pytest.skip("looks the same in both: looked at in the app")
    return server.fresh()


@pytest.fixture
def lab(server):
    if server.name != "lab":
        pytest.skip("there is no notebook around the app")
    return server.fresh()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Say with a failure what the pages showed and what their server printed."""
    report = yield
    server = item.funcargs.get("server")
    if report.failed and isinstance(server, Place):
        report.sections.append(("the server's last words", server.server.log.read_text()[-3000:]))
        for page in server.pages:
            report.sections.append((f"what {page.url.split('?')[0]} shows", shown_on(page)))
    return report


def shown_on(page):
    """Return a page's text and what its status line says, or why that cannot be told."""
    try:
        status = page.locator(".ak-status").all_text_contents()
        return f"{status}\n{page.inner_text('body', timeout=2000)[:1500]}"
    except PlaywrightError as error:
        return str(error)
