"""The pages: the only package that knows Flask, requests and addresses.

One sub-package an area of the site, each readable alone. What stands above imports what stands below:
`pages`, then `errors`, `moderation`, `desk` and `referrals`, `public` and `accounts`, `security`, `ui`.
A view reads its input, calls the field packages, renders one template; its endpoint, its template and its
test bear its own name: `public.services.results` is `guide/web/public/services.py`, whose templates lie in
`templates/public/services/` and whose tests in `tests/web/public/test_services.py`.
"""
