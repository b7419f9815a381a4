"""What associations and the coordinator do to listings: propose, review, revise, confirm, report, translate.

Functions take a Session (the caller commits), the person who acts, and the time. They know no page.
"""
