"""What can be wrong with the partnership's signed lists."""

from __future__ import annotations

from credentials.errors import COMITY, VCError


class BundleError(VCError):
    """The lists are not the partnership's: altered, incomplete, or not signed as they must be."""

    type = COMITY + "BUNDLE_NOT_AUTHENTIC"
    title = "problem.bundle"


class BundleMissingError(BundleError):
    """A file of the lists is not there, so nothing can be said from them."""

    type = COMITY + "BUNDLE_INCOMPLETE"
    could_not_check = True


class BundleRollbackError(BundleError):
    """The lists are older than lists that were seen before."""

    type = COMITY + "BUNDLE_ROLLBACK"


class BundleSignatureError(BundleError):
    """Too few of the keys that speak for a role have signed."""

    type = COMITY + "BUNDLE_SIGNATURE"


class BundleTamperedError(BundleError):
    """A file is not the one that was signed: length, digest, version or path differ."""

    type = COMITY + "BUNDLE_TAMPERED"


class RecordError(VCError):
    """A record in an authentic list does not have the agreed shape."""

    type = COMITY + "BUNDLE_RECORD"
    title = "problem.bundle-record"
