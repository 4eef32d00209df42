"""Product kinds and the families they are shown in (PRD1, PRD2)."""

from enum import StrEnum


class ProductFamily(StrEnum):
    """A shelf of the catalogue."""

    WEB_AND_DOMAIN = "WEB_AND_DOMAIN"
    COLLABORATION = "COLLABORATION"
    CLOUD = "CLOUD"
    STREAMING = "STREAMING"
    MARKETING = "MARKETING"
    SECURITY = "SECURITY"


class ProductKind(StrEnum):
    """What a product is."""

    DOMAIN_NAME = "DOMAIN_NAME"
    WEB_HOSTING = "WEB_HOSTING"
    MAIL_SERVICE = "MAIL_SERVICE"
    AUDIO_STREAMING = "AUDIO_STREAMING"
    VIDEO_STREAMING = "VIDEO_STREAMING"
    VOD_AOD = "VOD_AOD"
    MANAGED_CLOUD_SERVER = "MANAGED_CLOUD_SERVER"
    VPS_CLOUD = "VPS_CLOUD"
    SYNOLOGY_NAS = "SYNOLOGY_NAS"
    NEWSLETTER = "NEWSLETTER"
    SWISS_BACKUP = "SWISS_BACKUP"
    KDRIVE = "KDRIVE"
    GUEST_MANAGER = "GUEST_MANAGER"
    INFOMAIL = "INFOMAIL"
    KSUITE = "KSUITE"
    JELASTIC_CLOUD = "JELASTIC_CLOUD"
    SSL_CERTIFICATE = "SSL_CERTIFICATE"
    CUSTOM_BRAND = "CUSTOM_BRAND"
    SITE_CREATOR = "SITE_CREATOR"
    FREE_MAIL = "FREE_MAIL"


class ProductState(StrEnum):
    """Where a product stands in its life (PRD4)."""

    PENDING_SETUP = "PENDING_SETUP"
    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"
    BLOCKED = "BLOCKED"
    TERMINATED = "TERMINATED"


FAMILY_OF: dict[ProductKind, ProductFamily] = {
    ProductKind.DOMAIN_NAME: ProductFamily.WEB_AND_DOMAIN,
    ProductKind.WEB_HOSTING: ProductFamily.WEB_AND_DOMAIN,
    ProductKind.SITE_CREATOR: ProductFamily.WEB_AND_DOMAIN,
    ProductKind.CUSTOM_BRAND: ProductFamily.WEB_AND_DOMAIN,
    ProductKind.MAIL_SERVICE: ProductFamily.COLLABORATION,
    ProductKind.KDRIVE: ProductFamily.COLLABORATION,
    ProductKind.INFOMAIL: ProductFamily.COLLABORATION,
    ProductKind.KSUITE: ProductFamily.COLLABORATION,
    ProductKind.FREE_MAIL: ProductFamily.COLLABORATION,
    ProductKind.MANAGED_CLOUD_SERVER: ProductFamily.CLOUD,
    ProductKind.VPS_CLOUD: ProductFamily.CLOUD,
    ProductKind.SYNOLOGY_NAS: ProductFamily.CLOUD,
    ProductKind.SWISS_BACKUP: ProductFamily.CLOUD,
    ProductKind.JELASTIC_CLOUD: ProductFamily.CLOUD,
    ProductKind.AUDIO_STREAMING: ProductFamily.STREAMING,
    ProductKind.VIDEO_STREAMING: ProductFamily.STREAMING,
    ProductKind.VOD_AOD: ProductFamily.STREAMING,
    ProductKind.NEWSLETTER: ProductFamily.MARKETING,
    ProductKind.GUEST_MANAGER: ProductFamily.MARKETING,
    ProductKind.SSL_CERTIFICATE: ProductFamily.SECURITY,
}

# Kinds whose products hold mailboxes; a login may equal the address of one of them (USR7).
KINDS_WITH_MAILBOXES: frozenset[ProductKind] = frozenset(
    {ProductKind.MAIL_SERVICE, ProductKind.INFOMAIL, ProductKind.KSUITE, ProductKind.FREE_MAIL}
)
