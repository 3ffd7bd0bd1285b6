"""Explanations in the project file: the sentence and its numbers, contributions as JSON."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from algorithms.explanations.explanation import Contribution, EvidenceKind, Explanation
from algorithms.messages import Message
from mtrec_gui.storage.column_types import now, number_or_nan, number_or_null
from mtrec_gui.storage.errors import DamageFound
from mtrec_gui.storage.rows import ExplanationRow
from mtrec_gui.storage.run_store import run_row


def save_explanation(session: Session, run_id: int, explanation: Explanation) -> None:
    """Store an explanation in place of the run's former one for the same task, user and item."""
    run_row(session, run_id)
    session.execute(
        delete(ExplanationRow).where(
            ExplanationRow.run_id == run_id,
            ExplanationRow.task == explanation.task,
            ExplanationRow.user_index == int(explanation.user),
            ExplanationRow.item_index == int(explanation.item),
        )
    )
    session.add(
        ExplanationRow(
            run_id=run_id,
            created=now(),
            task=explanation.task,
            user_index=int(explanation.user),
            item_index=int(explanation.item),
            score=number_or_null(explanation.score),
            additive=explanation.additive,
            sentence=explanation.sentence.template,
            sentence_values=dict(explanation.sentence.values),
            contributions=[_contribution_values(part) for part in explanation.contributions],
            remarks=[_message_values(remark) for remark in explanation.remarks],
        )
    )


def explanations(session: Session, run_id: int) -> list[Explanation]:
    """Return the explanations of a run, oldest first."""
    run_row(session, run_id)
    rows = session.scalars(
        select(ExplanationRow).where(ExplanationRow.run_id == run_id).order_by(ExplanationRow.id)
    )
    return [_explanation(row) for row in rows]


def _explanation(row: ExplanationRow) -> Explanation:
    try:
        return Explanation(
            task=row.task,
            user=row.user_index,
            item=row.item_index,
            score=number_or_nan(row.score),
            sentence=Message(row.sentence, row.sentence_values),
            contributions=tuple(_contribution(values) for values in row.contributions),
            additive=row.additive,
            remarks=tuple(_message(values) for values in row.remarks),
        )
    except (KeyError, TypeError, ValueError):
        raise DamageFound(f"explanation {row.id}") from None


def _contribution_values(part: Contribution) -> dict[str, Any]:
    return {
        "amount": part.amount,
        "evidence": part.evidence.value,
        "task": part.task,
        "item": part.item,
        "value": part.value,
        "message": None if part.message is None else _message_values(part.message),
    }


def _contribution(values: dict[str, Any]) -> Contribution:
    message = values["message"]
    return Contribution(
        amount=values["amount"],
        evidence=EvidenceKind(values["evidence"]),
        task=values["task"],
        item=values["item"],
        value=values["value"],
        message=None if message is None else _message(message),
    )


def _message_values(message: Message) -> dict[str, Any]:
    return {"template": message.template, "values": dict(message.values)}


def _message(values: dict[str, Any]) -> Message:
    return Message(values["template"], values["values"])
