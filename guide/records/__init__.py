"""Records: what each kind of thing in the guide looks like as plain values, field by field.

A data file, a proposal of an association, a revision and (later) another town's directory are all such
records. One description checks them, fills the tables from them, writes them back and merges an edit with
what changed meanwhile. Knows the model; knows no file, no page, no person.
"""
