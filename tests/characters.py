"""Any character, for the property tests of texts."""

from hypothesis import strategies as st

ANY_CHARACTER = st.characters(max_codepoint=0xD7FF) | st.characters(min_codepoint=0xE000)
"""All but the halves of surrogate pairs, as `st.text()` has them, which makes a table of all characters first: two
seconds and 200 MB in each new clone.
"""
