"""What each field of a listing is called, in both languages: for pages, for mails, for tables."""

from guide.directory.figures import language_name
from guide.languages import Language
from guide.records.paths import FieldPath, field_of, side_of
from guide.sentences import sentences


def field_label(path: FieldPath, lang: Language) -> str:
    """What a field is called; the path of one side of a text names its language too: 'En bref (français)'."""
    _ = sentences(lang)
    name, side = field_of(path), side_of(path)
    label = {
        "name": _("Nom du service"),
        "summary": _("En bref"),
        "description": _("Plus d’explications"),
        "terms": _("Besoins"),
        "eligibility": _("Pour qui ?"),
        "publics": _("Publics"),
        "residents_only": _("Seulement pour Jette ?"),
        "languages": _("Langues parlées"),
        "confidential": _("Confidentiel ?"),
        "free": _("Gratuit ?"),
        "fees": _("Prix"),
        "papers_needed": _("Faut-il des papiers ?"),
        "documents": _("Que faut-il apporter ?"),
        "access_modes": _("Comment venir ?"),
        "application": _("Comment faire ?"),
        "phones": _("Téléphone"),
        "email": _("E-mail"),
        "website": _("Site"),
        "addresses": _("Adresse"),
        "wheelchair": _("En chaise roulante ?"),
        "accessibility": _("Accès au bâtiment"),
        "schedules": _("Heures"),
        "follows_school_calendar": _("Fermé pendant les vacances scolaires ?"),
        "schedule_note": _("Précision sur les heures"),
        "closures": _("Fermetures"),
        "intake_status": _("Y a-t-il de la place ?"),
        "intake_note": _("Précision sur les places"),
        "professional_note": _("Note pour les professionnels"),
        "accepts_relay": _("Reçoit des fiches-relais ?"),
        "relay_email": _("Adresse pour les fiches-relais"),
        "review_interval_months": _("Confirmer tous les"),
        "assured_date": _("Confirmation"),
        "publication": _("Dans le guide"),
        "organization": _("Organisme"),
        "operator": _("Qui organise ?"),
        "alternate_names": _("Autres noms"),
        "name_translated": _("Nom traduit par nous"),
        "kind": _("Sorte de fiche"),
        "state": _("Existence"),
        "state_note": _("Précision sur l’existence"),
        "visibility": _("Qui peut lire la fiche ?"),
        "sensitive": _("Fiche sensible"),
        "address_confidential": _("Adresse confidentielle"),
        "safety_decided": _("Protection décidée"),
        "neighbourhood": _("Quartier"),
        "service_area": _("Pour quelle région ?"),
        "schedule_source": _("D’où viennent les heures"),
        "after_hours_phone": _("Qui répond en dehors des heures"),
        "intake_as_of": _("Date de l’info sur les places"),
        "merged_into": _("Réunie avec"),
        "citations": _("Sources"),
    }.get(name, name)
    return f"{label} ({language_name(side, lang)})" if side else label
