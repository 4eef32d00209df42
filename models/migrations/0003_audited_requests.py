from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0002_money')]

    initial = False

    operations = [
        ops.AddField(
            model_name='AuditEntry',
            name='idempotency_key',
            field=fields.CharField(null=True, max_length=255),
        ),
        ops.AddField(
            model_name='AuditEntry',
            name='request_id',
            field=fields.CharField(null=True, max_length=32),
        ),
    ]
