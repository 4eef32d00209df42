from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from models.fields import NameField


class Migration(migrations.Migration):
    dependencies = [("models", "m0001_shop")]

    operations = [
        ops.AlterField(model_name="Shelf", name="state", field=NameField(("OPEN", "CLOSED", "BROKEN"))),
        ops.AddField(
            model_name="Shelf", name="side", field=NameField(("LEFT", "RIGHT"), db_default="LEFT", null=False)
        ),
        ops.RenameField(model_name="Shelf", old_name="width", new_name="breadth"),
        ops.RemoveConstraint(model_name="Shelf", name="shelves_width"),
        ops.AddConstraint(model_name="Shelf", constraint=CheckConstraint(check="breadth > 10", name="shelves_breadth")),
        ops.AddField(model_name="Shelf", name="height", field=fields.IntField(null=True)),
        ops.RemoveField(model_name="Box", name="shelf"),
        ops.AddIndex(model_name="Shelf", index=Index(fields=["breadth"], name="shelves_by_breadth")),
    ]
