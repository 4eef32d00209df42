"""Paying invoices from the wallet with Tortoise, in one transaction: with ledger, idempotency key, events and audit."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from tortoise.transactions import in_transaction

from bench.peers.stock import models


async def pay_invoices(session: Any, organization_id: UUID, invoice_ids: list[UUID], expected: int, key: str) -> Any:
    now = datetime.now(UTC)
    async with in_transaction():
        remembered = await models.IdempotencyRecord.create(
            id=uuid4(),
            scope=organization_id.hex,
            mutation="payInvoices",
            key=key,
            fingerprint="",
            reference="",
            created_at=now,
        )
        organization = await models.Organization.select_for_update().get(id=organization_id)
        wallet = await models.Wallet.select_for_update().get(organization_id=organization_id, is_current=True)
        payable = models.Invoice.filter(
            id__in=invoice_ids, billed_to_id=organization_id, state="OPEN", is_being_paid=False
        )
        invoices = await payable.order_by("id").select_for_update()
        total = sum(invoice.total_minor for invoice in invoices)
        if len(invoices) != len(invoice_ids) or total != expected or wallet.balance_minor - wallet.held_minor < total:
            raise ValueError("the invoices cannot be paid so")
        payment = await models.Payment.create(
            id=uuid4(),
            organization_id=organization_id,
            billed_to_id=organization_id,
            purpose="INVOICES",
            state="SUCCEEDED",
            currency=wallet.currency,
            amount_minor=total,
            wallet_minor=total,
            method_kind="WALLET",
            wallet_id=wallet.id,
            provider="",
            created_at=now,
            settled_at=now,
        )
        await _move(wallet, payment, invoices, now)
        for invoice in invoices:
            invoice.state, invoice.paid_at = "PAID", now
            await invoice.save(update_fields=["state", "paid_at"])
            await _record(session, organization, "INVOICE_PAID", f"inv_{invoice.id.hex}", now)
        await _record(session, organization, "PAYMENT_SUCCEEDED", f"pay_{payment.id.hex}", now)
        remembered.reference = f"pay_{payment.id.hex}"
        await remembered.save(update_fields=["reference"])
    return payment


async def _move(wallet: Any, payment: Any, invoices: list[Any], now: datetime) -> None:
    ours = {
        account.kind: account.id
        for account in await models.Wallet.filter(organization_id=None, currency=wallet.currency)
    }
    moves = [(wallet.id, ours["CLEARING"], payment.amount_minor)]
    for invoice in invoices:
        moves.append((ours["CLEARING"], ours["REVENUE"], invoice.net_minor))
        moves.append((ours["CLEARING"], ours["VAT_DUE"], invoice.vat_minor))
    for debit, credit, amount_minor in moves:
        await models.Transfer.create(
            id=uuid4(),
            debit_id=debit,
            credit_id=credit,
            currency=wallet.currency,
            amount_minor=amount_minor,
            cause="PAYMENT",
            reference=f"pay_{payment.id.hex}",
            debit_entry_id=uuid4(),
            credit_entry_id=uuid4(),
            created_at=now,
        )
    for invoice in invoices:
        await models.Allocation.create(
            id=uuid4(),
            billed_to_id=invoice.billed_to_id,
            payment_id=payment.id,
            invoice_id=invoice.id,
            currency=invoice.currency,
            amount_minor=invoice.total_minor,
            is_live=True,
            created_at=now,
        )


async def _record(session: Any, organization: Any, kind: str, subject: str, now: datetime) -> None:
    organization.event_position += 1
    await organization.save(update_fields=["event_position"])
    await models.Event.create(
        id=uuid4(),
        organization_id=organization.id,
        position=organization.event_position,
        kind=kind,
        subject=subject,
        actor_id=session.user_id,
        data="{}",
        occurred_at=now,
    )
    await models.AuditEntry.create(
        id=uuid4(),
        organization_id=organization.id,
        user_id=session.user_id,
        session_id=session.id,
        action=kind,
        subject=subject,
        data="{}",
        address="",
        occurred_at=now,
    )
