from graph.schema_doc import PAGE, page


def test_the_schema_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m graph schema --write"
