"""The pages' own opener serves the Ask and Sources pages too."""

from tests.views.conftest import open_page

__all__ = ["open_page"]
