from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.fields import IdField, NameField, SortedText


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Shelf",
            fields=[
                ("id", IdField(primary_key=True)),
                ("label", SortedText(max_length=20, unique=True)),
                ("state", NameField(("OPEN", "CLOSED"))),
                ("note", fields.CharField(max_length=20)),
                ("width", fields.IntField()),
            ],
            options={
                "table": "shelves",
                "app": "models",
                "indexes": [Index(fields=["state", "id"])],
                "constraints": [
                    CheckConstraint(check="width > 0", name="shelves_width"),
                    UniqueConstraint(fields=("note",), name="shelves_one_open", condition="state = 'OPEN'"),
                ],
            },
        ),
        ops.CreateModel(
            name="Box",
            fields=[
                ("id", IdField(primary_key=True)),
                (
                    "shelf",
                    fields.ForeignKeyField("models.Shelf", related_name="boxes", on_delete=OnDelete.CASCADE),
                ),
            ],
            options={"table": "boxes", "app": "models"},
        ),
    ]
