"""Every error, every end of an order and every refusal has a page in three parts."""

from __future__ import annotations

import pkgutil
import re
from collections import Counter
from importlib import import_module

import tickwright
from tickwright.domain.errors import TickwrightError
from tickwright.domain.explanations import explanations
from tickwright.domain.order_ends import ORDER_ENDS
from tickwright.domain.records import OrderState

PAGES = {page.code: page for page in explanations()}


def family(kind: type[TickwrightError]) -> set[type[TickwrightError]]:
    return {child for direct in kind.__subclasses__() for child in (direct, *family(direct))}


def test_every_error_of_the_platform_stands_in_the_family_file() -> None:
    for module in pkgutil.walk_packages(tickwright.__path__, "tickwright."):
        if not module.name.endswith("__main__") and ".migrations." not in module.name:  # those run inside Alembic
            import_module(module.name)
    ours = {kind for kind in family(TickwrightError) if kind.__module__.startswith("tickwright.")}
    assert {kind.__module__ for kind in ours} == {"tickwright.domain.errors"}


def test_every_error_has_its_own_code_and_an_exit_code_of_the_table() -> None:
    kinds = {kind for kind in family(TickwrightError) if kind.__module__ == "tickwright.domain.errors"}
    assert [code for code, count in Counter(kind.code for kind in kinds).items() if count > 1] == []
    assert {kind.exit_code for kind in kinds} == {1, 2, 3, 4, 5, 6, 130}
    assert {kind.code for kind in kinds} <= set(PAGES)


def test_every_end_of_an_order_has_a_page() -> None:
    assert set(ORDER_ENDS) == {state for state in OrderState if state >= OrderState.FILLED}


def test_every_page_says_what_happened_what_holds_and_what_to_do() -> None:
    for page in PAGES.values():
        for part in (page.summary, page.what_happened, page.state, page.what_to_do):
            assert re.fullmatch(r".{7,}[.:]", part, re.DOTALL), (page.code, part)


def test_a_plugins_error_without_parts_still_has_a_page() -> None:
    class PluginTrouble(TickwrightError):
        """Something of a plugin."""

        code = "PLUGIN_TROUBLE"

    page = next(page for page in explanations() if page.code == "PLUGIN_TROUBLE")
    assert (page.summary, page.what_to_do) == ("Something of a plugin.", "")
    del PluginTrouble
