"""Writing organizations."""

import strawberry

from permissions.guards import IsSignedIn, MayChangeOrganization
from resolvers import organizations
from resolvers.organizations import DetailChanges
from rules import refusals
from rules.identifiers import Prefix
from rules.organizations import OrganizationDetails, OrganizationKind
from schema.context import Info
from schema.expose import mutation
from schema.ids import key, reference
from schema.inputs import given, optional
from schema.types import links
from schema.types.organization import Organization


@strawberry.input(description="What there is to say about a new organization.")
class OrganizationDetailsInput:
    """Shared by whatever creates an organization."""

    kind: OrganizationKind = strawberry.field(description="Kind of the organization.")
    name: str | None = optional(
        "Name of the organization, up to 200 characters. An individual may leave it out: first and last name."
    )
    street: str = strawberry.field(description="Street and number, up to 200 characters.")
    postal_code: str = strawberry.field(description="Postal code, up to 20 characters; empty where there are none.")
    city: str = strawberry.field(description="City, up to 100 characters.")
    country: str = strawberry.field(
        description="Country, as a two-letter code of ISO 3166-1. It decides the currency of future invoices."
    )
    time_zone: str | None = optional(
        "Time zone that days are counted in, as an IANA name. Left out, it is the country's, or Europe/Zurich."
    )
    vat_number: str | None = optional(
        "VAT number with its country prefix; only for organizations in the European Union that are no individuals."
    )


@strawberry.input(description="The organization to create.")
class CreateOrganizationInput(OrganizationDetailsInput):
    """The details alone; the creator is whoever asks."""


@strawberry.input(description="What to change about an organization; what is left out stays as it is.")
class UpdateOrganizationInput:
    """Each field on its own."""

    organization_id: strawberry.ID = reference(Prefix.ORGANIZATION, "Organization to change.")
    kind: OrganizationKind | None = optional("New kind of the organization.")
    name: str | None = optional("New name, up to 200 characters.")
    street: str | None = optional("New street and number, up to 200 characters.")
    postal_code: str | None = optional("New postal code, up to 20 characters.")
    city: str | None = optional("New city, up to 100 characters.")
    country: str | None = optional(
        "New country, as a two-letter code. The currency of future invoices follows; a VAT number that does not fit "
        "is dropped."
    )
    time_zone: str | None = optional("New time zone, as an IANA name.")
    vat_number: strawberry.Maybe[str | None] = strawberry.field(
        description="New VAT number with its country prefix; null takes the number away."
    )


@strawberry.type(description="The organization was created.")
class CreateOrganizationSuccess:
    """Carries the new organization."""

    organization: links.Organization = strawberry.field(description="Organization that was created.")


@strawberry.type(description="The organization was changed.")
class UpdateOrganizationSuccess:
    """Carries the changed organization."""

    organization: links.Organization = strawberry.field(description="Organization as it is now.")


def details_of(given_details: OrganizationDetailsInput) -> OrganizationDetails:
    """The details of an input as the rules know them."""
    return OrganizationDetails(
        kind=given_details.kind,
        name=given(given_details.name),
        street=given_details.street,
        postal_code=given_details.postal_code,
        city=given_details.city,
        country=given_details.country,
        time_zone=given(given_details.time_zone),
        vat_number=given(given_details.vat_number),
    )


@mutation(who=IsSignedIn(), refuses=(refusals.VatNumberNotApplicable, refusals.VatNumberInvalid))
async def create_organization(info: Info, input: CreateOrganizationInput) -> CreateOrganizationSuccess:
    """Create an organization, with you as its legal representative.

    The VAT number is checked for form and check digits, and asked of the registry: see `vatStatus`. Limited by the
    day (RATE_LIMITED). Causes the event ORGANIZATION_CREATED.
    """
    row = await organizations.create_organization(info.context.caller, details=details_of(input))
    return CreateOrganizationSuccess(organization=Organization.of(row))


@mutation(who=MayChangeOrganization(), refuses=(refusals.VatNumberNotApplicable, refusals.VatNumberInvalid))
async def update_organization(info: Info, input: UpdateOrganizationInput) -> UpdateOrganizationSuccess:
    """Change details of an organization.

    All legal representatives get a summary by mail. Causes the event ORGANIZATION_UPDATED, unless nothing changed.
    """
    changes = DetailChanges(
        kind=given(input.kind),
        name=given(input.name),
        street=given(input.street),
        postal_code=given(input.postal_code),
        city=given(input.city),
        country=given(input.country),
        time_zone=given(input.time_zone),
        vat_number=None if input.vat_number is None else input.vat_number.value or "",
    )
    organization_id = key(input.organization_id)
    row = await organizations.update_organization(info.context.caller, organization_id=organization_id, changes=changes)
    return UpdateOrganizationSuccess(organization=Organization.of(row))
