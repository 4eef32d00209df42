"""Organizations: the customers of the provider."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from models.fields import IdField, Instant, NameField, SortedText
from rules.money import Currency
from rules.organizations import OrganizationKind, VatStatus


class Organization(Model):
    """A customer with its own products, people, invoices and wallet (ORG4).

    The two counts are kept by whoever changes memberships, under the lock of this row, so that the database
    itself refuses a live organization without a legal representative (MEM3).
    """

    id = IdField(primary_key=True)
    kind = NameField(OrganizationKind)
    name = fields.CharField(max_length=200)
    name_sort = SortedText(max_length=420)
    street = fields.CharField(max_length=200)
    postal_code = fields.CharField(max_length=20)
    city = fields.CharField(max_length=100)
    country = fields.CharField(max_length=2)
    currency = NameField(Currency)
    time_zone = fields.CharField(max_length=64)
    vat_number = fields.CharField(max_length=20, null=True)
    vat_status = NameField(VatStatus, null=True)
    member_count = fields.IntField()
    legal_representative_count = fields.IntField()
    event_position = fields.BigIntField(default=0)
    created_at = Instant()
    deleted_at = Instant(null=True)

    class Meta:
        table = "organizations"
        indexes = (("name_sort", "id"),)
        constraints = (
            CheckConstraint(
                check="deleted_at IS NOT NULL OR legal_representative_count >= 1",
                name="organizations_legal_representative",
            ),
            CheckConstraint(
                check="member_count >= legal_representative_count AND legal_representative_count >= 0",
                name="organizations_counts",
            ),
            CheckConstraint(
                check="(vat_number IS NULL) = (vat_status IS NULL)", name="organizations_vat_number_has_status"
            ),
        )
