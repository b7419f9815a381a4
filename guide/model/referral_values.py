"""What a referral may be: its states, urgencies, ends, and how a person agreed. Values, and no table."""

from enum import StrEnum


class ReferralState(StrEnum):
    """Where a referral stands; `guide.referrals.life` says how it gets from one to the next."""

    DRAFT = "draft"
    SENT = "sent"
    SEEN = "seen"
    UNDER_STUDY = "under_study"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REROUTED = "rerouted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CLOSED = "closed"


class Urgency(StrEnum):
    """How soon. Today is no value: who needs help today is called, not written to."""

    NORMAL = "normal"
    THIS_WEEK = "this_week"


class DeclineReason(StrEnum):
    """Why the receiver cannot help: one of these, and nothing is guessed."""

    FULL = "full"
    NOT_ELIGIBLE = "not_eligible"
    UNREACHABLE = "unreachable"
    ABSENT = "absent"
    NOT_INTERESTED = "not_interested"
    NOT_MOBILE = "not_mobile"
    IN_WORK = "in_work"
    IN_TRAINING = "in_training"
    OTHER_OBSTACLES = "other_obstacles"
    DUPLICATE = "duplicate"
    OTHER = "other"


class Outcome(StrEnum):
    """What became of the person's request."""

    MET = "met"
    PARTLY = "partly"
    DID_NOT_COME = "did_not_come"
    NOT_HELPED = "not_helped"
    UNKNOWN = "unknown"


class ConsentWay(StrEnum):
    """How the person agreed."""

    ORAL = "oral"
    SIGNED = "signed"
    PHONE = "phone"
