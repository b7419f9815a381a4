"""Texts that wait for a translator: both sides beside each other, written here or in a translator's own tool."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse
from wtforms import FileField, TextAreaField

from guide import audit
from guide.editing import listings, proposals, revisions, translations, translator_files
from guide.editing.differences import runs
from guide.languages import Language, other
from guide.model import TextState
from guide.web import forms, guard
from guide.web.addresses import bilingual_page
from guide.web.context import now, session, writing
from guide.web.forms import N_, GuideForm, at_most
from guide.web.signing import sign, signed

pages = Blueprint("translations", __name__)

LARGEST = 1024 * 1024


class TextForm(GuideForm):
    words = TextAreaField(label=N_("Traduction"), validators=[at_most(4000)])


class FileForm(GuideForm):
    file = FileField(label=N_("Fichier PO"))


@bilingual_page(
    pages, "/moderation/traductions/<any(fr,nl):side>/", "/moderatie/vertalingen/<any(fr,nl):side>/"
)
def index(lang: Language, side: Language) -> str:
    """Every text that is missing, behind or a draft in a language, listing by listing."""
    found = translations.to_translate(session(), side)
    by_state = {state: sum(1 for text in found if text.state is state) for state in TextState}
    return render_template("translations/index.html", found=found, side=side, by_state=by_state)


@bilingual_page(
    pages,
    "/moderation/traductions/<any(fr,nl):side>/<key>/<field>",
    "/moderatie/vertalingen/<any(fr,nl):side>/<key>/<field>",
    methods=("GET", "POST"),
)
def text(lang: Language, side: Language, key: str, field: str) -> str | Response | AnyResponse:
    """One text: the other side with what changed in it, and the words to write; or "still right"."""
    account = guard.signed_in()
    service = listings.find(session(), account, key) if account is not None else None
    found = next(
        (one for one in translations.to_translate(session(), side, service) if one.field == field), None
    )
    if service is None or field not in translations.PUBLIC_TEXTS:
        abort(404)
    if found is None:
        return redirect(url_for("translations.index", side=side), 303)
    form = TextForm(request.form if request.method == "POST" else None, data={"words": found.words or ""})
    purpose = f"seen:translation:{key}.{field}.{side}"
    theirs = ""
    if forms.sent() and request.form.get("quoi") == "juste":
        with writing() as opened:
            me = guard.actor(opened)
            held = listings.locked(opened, service.id)
            translations.call_current(opened, held, f"{field}.{side}")
            audit.record(
                opened,
                f"account:{me.id}",
                "translation_current",
                f"service:{key}",
                f"{field}.{side}",
                now=now(),
            )
        return redirect(url_for("translations.index", side=side, fait="oui"), 303)
    if forms.sent() and form.validate():
        seen = signed(purpose, request.form.get("vu", ""), guard.FORM_LIFE)
        path = f"{field}.{side}"
        try:
            with writing() as opened:
                saved = proposals.save(
                    opened,
                    listings.locked(opened, service.id),
                    guard.actor(opened),
                    {path: form.words.data or None},
                    {path: seen or None},
                    now=now(),
                    minor=[path],
                    why="translation",
                )
                if not saved.conflicts and form.words.data:
                    translations.call_current(opened, listings.locked(opened, service.id), path)
            if not saved.conflicts:
                return redirect(url_for("translations.index", side=side, fait="oui"), 303)
            theirs = str(saved.conflicts[0].theirs or "")
            form.problems.append(
                _("Quelqu’un d’autre a écrit ce texte entre-temps. Ses mots sont au-dessus des vôtres.")
            )
            found = None
        except revisions.UnsoundRecord:
            form.words.errors = [_("Ce texte ne va pas : il est trop long, ou contient un numéro privé.")]
    page = render_template(
        "translations/text.html",
        service=service,
        field=field,
        side=side,
        twin_side=other(side),
        twin=listings.value_at(listings.record_of(service), f"{field}.{other(side)}") or "",
        state=found.state if found else None,
        words=runs(found.was, found.twin) if found and found.was else [],
        form=form,
        theirs=theirs,
        seen=sign(purpose, theirs or (found.words if found else "") or ""),
    )
    return make_response(page, 422 if form.went_wrong else 200)


@bilingual_page(
    pages, "/moderation/traductions/<any(fr,nl):side>.po", "/moderatie/vertalingen/<any(fr,nl):side>.po"
)
def po(lang: Language, side: Language) -> Response:
    """The texts of a language that wait, as a PO file."""
    answer = make_response(translator_files.to_po(session(), side))
    answer.headers["Content-Type"] = "text/x-gettext-translation; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="guide-{side}.po"'
    return answer


@bilingual_page(
    pages,
    "/moderation/traductions/<any(fr,nl):side>/fichier",
    "/moderatie/vertalingen/<any(fr,nl):side>/bestand",
    methods=("GET", "POST"),
)
def upload(lang: Language, side: Language) -> str | Response | AnyResponse:
    """A translator's file comes back: first what it would change, then, confirmed, the change."""
    form = FileForm(request.form if request.method == "POST" else None)
    reading = None
    content = b""
    if forms.sent():
        given = request.files.get("file")
        kept = request.form.get("contenu", "")
        content = given.read(LARGEST) if given and given.filename else kept.encode()
        if not content:
            form.file.errors = [_("Choisissez le fichier du traducteur.")]
        else:
            try:
                if request.form.get("quoi") == "prendre":
                    with writing() as opened:
                        done = translator_files.take(opened, side, content, guard.actor(opened), now())
                    return redirect(
                        url_for("translations.index", side=side, fait="oui", textes=len(done.taken)), 303
                    )
                reading = translator_files.read(session(), side, content)
            except translator_files.NotPo:
                form.file.errors = [
                    _("Nous n’avons pas pu lire ce fichier. Enregistrez-le comme PO, en UTF-8, et réessayez.")
                ]
    page = render_template(
        "translations/upload.html",
        side=side,
        form=form,
        reading=reading,
        content=content.decode("utf-8", "replace") if reading else "",
    )
    return make_response(page, 422 if form.went_wrong else 200)
