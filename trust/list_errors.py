"""Why signed lists cannot be relied on: each reason has a type of its own, and says what is wrong and where."""

from __future__ import annotations

from credentials.errors import COMITY, VCError


class BundleError(VCError):
    """The signed lists cannot be relied on: missing, changed, signed by the wrong key, or older than what was seen."""

    type = COMITY + "BUNDLE_ERROR"
    title = "problem.bundle"
    could_not_check = True


class RoleEndedError(BundleError):
    """The partnership's own word had run out when these lists were published: nobody who is authentic publishes so."""

    type = COMITY + "BUNDLE_ROLE_ENDED"
    title = "problem.bundle-role-ended"


class WrongSignerError(BundleError):
    """A file is signed by others, or by fewer, than those whose word it is: one state for another, or a key that is not listed."""

    type = COMITY + "BUNDLE_WRONG_SIGNER"
    title = "problem.bundle-wrong-signer"


class RolledBackError(BundleError):
    """The lists are older than those that were seen before."""

    type = COMITY + "BUNDLE_ROLLED_BACK"
    title = "problem.bundle-rolled-back"


class ListFormError(BundleError):
    """A list that is signed well is not of the form it must have."""

    type = COMITY + "BUNDLE_FORM"
    title = "problem.bundle-form"
