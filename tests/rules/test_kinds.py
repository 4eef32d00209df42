"""The kinds of products (PRD1)."""

from rules.kinds import FAMILY_OF, ProductKind

KINDS = """
    DOMAIN_NAME WEB_HOSTING MAIL_SERVICE AUDIO_STREAMING VIDEO_STREAMING VOD_AOD MANAGED_CLOUD_SERVER VPS_CLOUD
    SYNOLOGY_NAS NEWSLETTER SWISS_BACKUP KDRIVE GUEST_MANAGER INFOMAIL KSUITE JELASTIC_CLOUD SSL_CERTIFICATE
    CUSTOM_BRAND SITE_CREATOR FREE_MAIL
"""


def test_all_kinds_are_there() -> None:
    """PRD1"""
    assert {kind.value for kind in ProductKind} == set(KINDS.split())


def test_every_kind_stands_in_one_family() -> None:
    """PRD2"""
    assert set(FAMILY_OF) == set(ProductKind)
