from graph.store.text import fold, words


def test_accents_case_and_punctuation_do_not_matter():
    assert fold("École d'Été – Łódź") == fold("ECOLE D ETE LODZ")


def test_initials_are_drawn_together():
    assert fold("C.N.R.S.") == "cnrs"


def test_other_scripts_are_kept():
    assert fold("東京大学") == "東京大学"


def test_missing_texts_are_skipped():
    assert fold("a", None, "", "b") == "a b"
    assert words("") == []
