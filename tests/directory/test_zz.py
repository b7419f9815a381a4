from sqlalchemy.orm import Session
def test_x(engine):
    from guide.directory.vocabulary import lexicon, query_words
    with Session(engine) as s: words=lexicon(s)
    crises=[p for p in words.phrases if p.crisis]
    out=[]
    for p in words.phrases:
        if p.crisis or p.need is None or not p.language: continue
        m={x.phrase.crisis for x in words.understand(query_words(p.text,p.language))}
        if m - {None}: continue
        row=f" {' '.join(p.words)} "
        out += [(p.text,c.text,c.crisis) for c in crises if not c.whole and f" {' '.join(c.words)} " in row]
    for o in out: print(o)
