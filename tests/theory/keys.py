"""Content keys as the tests of the cache ask for them."""

from dataclasses import replace

from stalelaw.theory import content
from stalelaw.theory.content import Keys


def key(claim):
    """The content key of a claim, which must have one."""
    found = Keys().of(claim)
    assert found is not None
    return found


def forget():
    """Read the sources anew."""
    content.environment.cache_clear()
    content._digest_of.cache_clear()


def changed(claim, **new):
    """The claim with another last step."""
    return replace(claim, steps=(*claim.steps[:-1], replace(claim.steps[-1], **new)))
