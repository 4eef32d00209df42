from tortoise import migrations
from tortoise.migrations import operations as ops

from models.fields import IdField


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Half", fields=[("id", IdField(primary_key=True))], options={"table": "halves", "app": "models"}
        ),
        ops.RunSQL("INSERT INTO nowhere VALUES (1)"),
    ]
