"""QR codes for paper and screens, as an inline SVG without any style attribute."""

import io
from functools import lru_cache

import segno


@lru_cache(maxsize=512)
def qr_svg(address: str) -> str:
    """An `<svg>` element that scans to this address; class `qr`, decorative (the address stands beside it).

    It is kept: for public addresses only. One that holds a secret is drawn by `secret_qr_svg`.
    """
    return secret_qr_svg(address)


def secret_qr_svg(address: str) -> str:
    """The same of an address that nobody else may know, kept nowhere."""
    target = io.BytesIO()
    segno.make(address, error="m").save(
        target, kind="svg", xmldecl=False, svgns=False, svgclass="qr", lineclass=None, omitsize=True, border=2
    )
    return (
        target.getvalue()
        .decode("ascii")
        .replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
        .strip()
    )
