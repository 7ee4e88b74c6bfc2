"""Requests an answer that follows a schema: in a form that the server supports, twice with ``--retry``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace

from tui.core.lazy_dataclass import dataclass
from tui.core.parts import Parts
from tui.core.schema_refusal import is_form_refused, is_too_complex, refused_keyword
from tui.core.schema_request import AskedSchema, SchemaForm
from tui.core.turn import Turn, TurnState
from tui.session.chat_session import ChatSession
from tui.session.structured import Verdict, Worth, verdict_of
from tui.session.target import ChatTarget
from tui.texts import schemas as texts

_RETRIED = (Worth.INVALID, Worth.NOT_JSON, Worth.EMPTY)
"""Outcomes for which to try again; a truncated answer needs more tokens instead."""


@dataclass(eq=False)
class StructuredAsk:
    """One question. An invalid answer is never sent back."""

    session: ChatSession
    target: ChatTarget
    asked: AskedSchema
    retries: bool
    say: Callable[[str], None]
    """Called for each step after the first."""
    form: SchemaForm = field(default=SchemaForm.SCHEMA, init=False)
    tries: list[Turn] = field(default_factory=list, init=False)
    """All attempts, in order."""

    async def ask(self, message: Callable[[str], Parts], prompt: str) -> tuple[Turn, Verdict | None]:
        """Send the question; return the last turn and its verdict, ``None`` if it failed or was stopped.

        ``message`` creates the message of a prompt.
        """
        turn = await self._send(message(prompt), None)
        while turn.failure is not None and self._climbs(turn):
            turn = await self._send(message(prompt), turn)
        verdict = self._judge(turn)
        if not self.retries or verdict is None or verdict.worth not in _RETRIED:
            return turn, verdict
        self.say(texts.RETRYING.format(problem=verdict.sentence))
        turn = await self._send(message(texts.AGAIN.format(prompt=prompt, problem=verdict.sentence)), turn)
        return turn, self._judge(turn)

    async def _send(self, prompt: Parts, beside: Turn | None) -> Turn:
        own = {**self.target.parameters, "json_schema": self.asked.response_format}
        target = replace(self.target, parameters=own, schema_form=self.form)
        self.tries.append(await self.session.send(prompt, target, beside=beside))
        return self.tries[-1]

    def _climbs(self, turn: Turn) -> bool:
        """Switch to the next form if a server does not support this one; return whether there is one."""
        forms = list(SchemaForm)
        place = forms.index(self.form) + 1
        if place == len(forms) or not is_form_refused(turn.failure) or self.advice(turn):
            return False
        refused, self.form = self.form, forms[place]
        self.say(texts.NEXT_FORM.format(refused=texts.FORMS[refused], form=texts.FORMS[self.form]))
        return True

    def advice(self, turn: Turn) -> str | None:
        """Return what helps if a server rejects the schema itself, not the form."""
        keyword = refused_keyword(turn.failure, self.asked.schema)
        if keyword is not None:
            words = texts.STRICT_ALREADY if self.asked.is_strict else texts.OFFER_STRICT
            return words.format(keyword=keyword)
        return texts.OFFER_SMALLER if is_too_complex(turn.failure) else None

    def _judge(self, turn: Turn) -> Verdict | None:
        return verdict_of(turn, self.asked.schema) if turn.state is TurnState.DONE else None
