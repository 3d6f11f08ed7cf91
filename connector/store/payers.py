"""Who pays in the end: a customer's invoices may be paid by another, whose own may be paid by a third."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def last_payers(links: Mapping[str, str | None], known: Collection[str]) -> dict[str, str | None]:
    """For each customer in ``links`` (ref to the ref of who pays for him, as the host says) return the last
    payer of the chain, or None when he pays himself.

    A chain ends before a payer who is not ``known``. One that runs in a circle changes nothing for anybody
    on it or before it: nobody can tell who pays.
    """
    return {ref: _last(ref, links, known) for ref in links}


def _last(ref: str, links: Mapping[str, str | None], known: Collection[str]) -> str | None:
    seen = {ref}
    last, following = ref, links.get(ref)
    while following is not None and following in known:
        if following in seen:
            return None
        seen.add(following)
        last, following = following, links.get(following)
    return None if last == ref else last
