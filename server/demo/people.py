"""The people and organizations of the demo, as facts; every name, number and address is invented."""

from dataclasses import dataclass, field

from rules.kinds import ProductKind
from rules.locales import Locale
from rules.organizations import OrganizationKind
from rules.rights import AccessLevel, Role

PASSWORD = "lake-of-geneva-at-dawn"  # one for all of the demo; refused in production with the rest of it


@dataclass(frozen=True)
class Person:
    """Somebody who can log in."""

    login: str
    first_name: str
    last_name: str
    locale: Locale
    what: str
    recovery_email: str | None = None


@dataclass(frozen=True)
class Grant:
    """Access to one product by name, or to a kind of products."""

    level: AccessLevel
    product: str | None = None
    kind: ProductKind | None = None


@dataclass(frozen=True)
class Member:
    """Somebody's place in an organization."""

    login: str
    role: Role
    billing: bool
    grants: tuple[Grant, ...] = ()


@dataclass(frozen=True)
class Company:
    """An organization with its products, by kind and name, and its members."""

    name: str
    kind: OrganizationKind
    street: str
    postal_code: str
    city: str
    country: str
    time_zone: str
    members: tuple[Member, ...]
    products: tuple[tuple[ProductKind, str, str], ...]
    mailboxes: tuple[tuple[str, str], ...] = ()
    vat_number: str | None = None
    invitations: tuple[str, ...] = field(default=())


WEBMASTER, BILLING, PRODUCTS = "nora@keller-web.example", "bruno@alpine-bakery.example", "pia@alpine-bakery.example"
PRIVATE, SUPPORT = "paul@paul-martin.example", "sam@support.example"
SUPPORT_AUTHENTICATOR = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # as known as the password

PEOPLE: tuple[Person, ...] = (
    Person(
        WEBMASTER,
        "Nora",
        "Keller",
        Locale.EN,
        "webmaster, administrator of three client companies",
        "nora@post.example",
    ),
    Person(BILLING, "Bruno", "Rossi", Locale.FR, "billing right only, in Alpine Bakery"),
    Person(PRODUCTS, "Pia", "Meier", Locale.EN, "two products only, in Alpine Bakery"),
    Person(PRIVATE, "Paul", "Martin", Locale.FR, "private person; his login is a mailbox hosted here"),
    Person(SUPPORT, "Sam", "Weber", Locale.EN, "support agent, staff of the provider; logs in with a second factor"),
    Person("anna@alpine-bakery.example", "Anna", "Dubois", Locale.FR, "legal representative of Alpine Bakery"),
    Person("louis@studio-lumiere.example", "Louis", "Favre", Locale.FR, "legal representative of Studio Lumière"),
    Person("greta@nordlicht.example", "Greta", "Hansen", Locale.EN, "legal representative of Nordlicht"),
)

ADMINISTRATOR = Member(WEBMASTER, Role.ADMINISTRATOR, billing=True)


def _legal(login: str) -> Member:
    return Member(login, Role.LEGAL_REPRESENTATIVE, billing=True)


COMPANIES: tuple[Company, ...] = (
    Company(
        "Keller Web",
        OrganizationKind.COMPANY,
        "Seestrasse 12",
        "8002",
        "Zürich",
        "CH",
        "Europe/Zurich",
        (_legal(WEBMASTER),),
        (
            (ProductKind.DOMAIN_NAME, "keller-web.example", ""),
            (ProductKind.WEB_HOSTING, "keller-web.example", "Own site"),
            (ProductKind.NEWSLETTER, "keller-web.example", "Monthly letter"),
        ),
    ),
    Company(
        "Alpine Bakery SA",
        OrganizationKind.COMPANY,
        "Rue du Four 3",
        "1003",
        "Lausanne",
        "CH",
        "Europe/Zurich",
        (
            _legal("anna@alpine-bakery.example"),
            ADMINISTRATOR,
            Member(BILLING, Role.COLLABORATOR, billing=True),
            Member(
                PRODUCTS,
                Role.COLLABORATOR,
                billing=False,
                grants=(
                    Grant(AccessLevel.MANAGE, product="alpine-bakery.example hosting"),
                    Grant(AccessLevel.VIEW, kind=ProductKind.MAIL_SERVICE),
                ),
            ),
        ),
        (
            (ProductKind.DOMAIN_NAME, "alpine-bakery.example", ""),
            (ProductKind.DOMAIN_NAME, "boulangerie-alpine.example", "French spelling"),
            (ProductKind.WEB_HOSTING, "alpine-bakery.example hosting", "Shop"),
            (ProductKind.MAIL_SERVICE, "alpine-bakery.example mail", ""),
            (ProductKind.SSL_CERTIFICATE, "alpine-bakery.example certificate", ""),
            (ProductKind.KDRIVE, "alpine-bakery drive", "Recipes"),
        ),
        mailboxes=(
            ("alpine-bakery.example mail", PRODUCTS),
            ("alpine-bakery.example mail", "orders@alpine-bakery.example"),
        ),
        invitations=("claire@alpine-bakery.example",),
    ),
    Company(
        "Studio Lumière Sàrl",
        OrganizationKind.COMPANY,
        "Quai des Bergues 7",
        "1201",
        "Genève",
        "CH",
        "Europe/Zurich",
        (_legal("louis@studio-lumiere.example"), ADMINISTRATOR),
        (
            (ProductKind.DOMAIN_NAME, "studio-lumiere.example", ""),
            (ProductKind.VIDEO_STREAMING, "studio-lumiere live", "Concerts"),
            (ProductKind.VOD_AOD, "studio-lumiere archive", ""),
            (ProductKind.VPS_CLOUD, "render-1.studio-lumiere.example", "Rendering"),
        ),
    ),
    Company(
        "Nordlicht GmbH",
        OrganizationKind.COMPANY,
        "Hafenweg 21",
        "79098",
        "Freiburg",
        "DE",
        "Europe/Berlin",
        (_legal("greta@nordlicht.example"), ADMINISTRATOR),
        (
            (ProductKind.DOMAIN_NAME, "nordlicht.example", ""),
            (ProductKind.MANAGED_CLOUD_SERVER, "cloud-7.nordlicht.example", "Production"),
            (ProductKind.SWISS_BACKUP, "nordlicht backup", ""),
        ),
        vat_number="DE136695976",
    ),
    Company(
        "Paul Martin",
        OrganizationKind.INDIVIDUAL,
        "Chemin des Vignes 5",
        "1009",
        "Pully",
        "CH",
        "Europe/Zurich",
        (_legal(PRIVATE),),
        (
            (ProductKind.DOMAIN_NAME, "paul-martin.example", ""),
            (ProductKind.MAIL_SERVICE, "paul-martin.example mail", ""),
        ),
        mailboxes=(("paul-martin.example mail", PRIVATE),),
    ),
)
