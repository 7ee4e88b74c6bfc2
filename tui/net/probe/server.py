"""The checks of the server: its kind, and the models it offers."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from tui.core.causes import explain, explain_again
from tui.core.diagnosis import CheckId, CheckStatus, Repair, failed, passed, skipped
from tui.core.failure import Failure
from tui.core.safe_text import safe_line
from tui.net.addresses import origin_of
from tui.net.probe.answer import ACCESS_CAUSES, FirstAnswer
from tui.net.probe.context import DiagnosisContext
from tui.net.probe.evidence import look
from tui.net.recognition import Look, recognise, recognise_refusal
from tui.texts import checks
from tui.wire.error_body import is_page
from tui.wire.evidence import Proof
from tui.wire.fingerprint import identify
from tui.wire.model_names import closest_names
from tui.wire.models import ModelInfo, ModelList
from tui.wire.prometheus import ServerMetrics, read_metrics

_SHOWN_MODELS = 5


async def check_server(context: DiagnosisContext, answer: FirstAnswer, *, works: bool) -> None:
    """Identify the server from responses so far and a few requests without a key.

    ``works``: it was used already, although its model list failed.
    """
    context.findings.identity = identify(
        host=origin_of(context.endpoint.base_url).host,
        headers=context.findings.headers,
        owned_by=answer.models.owners if answer.models is not None else (),
        error_body=answer.response.body if answer.failure is not None and answer.response else None,
    )
    if works or not _can_wait(context, answer):
        await _recognise(context, has_list=answer.models is not None)
    elif answer.failure is not None and answer.response is not None:
        await _recognise_refusal(context, answer.response.body)
    if works or answer.models is not None or not _is_page(answer):
        settle_server(context)
    else:
        title = checks.ONLY_A_PAGE
        context.settle(skipped(CheckId.SERVER, title), blocks=False)


def _can_wait(context: DiagnosisContext, answer: FirstAnswer) -> bool:
    """Return whether identifying the server can be postponed because the verdict is known or near.

    A rejected key is the verdict. An unlisted model most likely gets it from the chat, otherwise
    ``recognise_late`` identifies the server. How to control reasoning depends on the server.
    """
    if context.findings.identity.kind is not None:
        return False
    if answer.failure is not None:
        return answer.failure.cause in ACCESS_CAUSES
    return (
        context.sends_chat
        and context.target.thinking is None
        and _is_doubtful(answer.models, context.findings.model)
    )


def _is_doubtful(models: ModelList | None, name: str) -> bool:
    """Return whether there is a model list without this model."""
    return models is not None and bool(models.models) and models.find(name) is None


async def recognise_late(context: DiagnosisContext, refusal: Failure | None) -> None:
    """Identify the server after the chat if that was postponed: from an error, or by requests."""
    found = context.findings
    if found.identity.kind is not None or not _is_doubtful(found.models, found.model):
        return
    if refusal is not None and refusal.cause == "model-not-found":
        found.identity = identify(error_body=(refusal.server_message or "").encode())
    else:
        await _recognise(context, has_list=True)
    if found.identity.kind is not None:
        settle_server(context)


async def _recognise_refusal(context: DiagnosisContext, body: bytes) -> None:
    identity = context.findings.identity
    context.findings.identity = await recognise_refusal(identity, _look(context), body)


def _is_page(answer: FirstAnswer) -> bool:
    return answer.response is not None and is_page(answer.response.body)


def _look(context: DiagnosisContext) -> Look:
    return lambda path: look(context, context.without_key, _root(context) + path)


async def _recognise(context: DiagnosisContext, *, has_list: bool) -> None:
    found = context.findings
    if found.identity.kind is not None and found.identity.kind.hosts:
        return
    learned = await recognise(found.identity, _look(context), has_list=has_list)
    found.identity = learned.identity
    found.context_window = found.context_window or learned.context_window


def settle_server(context: DiagnosisContext) -> None:
    """Settle what is known about the server."""
    identity = context.findings.identity
    if identity.kind is None:
        context.settle(passed(CheckId.SERVER, checks.UNKNOWN_KIND))
        return
    named = " ".join(filter(None, (str(identity.kind), identity.version)))
    build = context.findings.turn.system_fingerprint if context.findings.turn is not None else None
    facts = [checks.RECOGNISED_BY.format(evidence=identity.evidence)]
    if build and identity.version is None:
        facts.append(checks.BUILD.format(build=safe_line(build, 60)))
    context.settle(passed(CheckId.SERVER, f"{safe_line(named, 100)}.", *facts))


async def read_load(context: DiagnosisContext) -> ServerMetrics | None:
    """Return the server's load metrics, if they are public."""
    return load_of(await metrics_text(context))


async def metrics_text(context: DiagnosisContext) -> str:
    """Return the server's ``/metrics`` if they are public, otherwise an empty text."""
    answer = await look(context, context.without_key, f"{_root(context)}/metrics")
    return "" if answer is None or answer.status != 200 else answer.body.decode("utf-8", "replace")


def load_of(text: str) -> ServerMetrics | None:
    """Return the load metrics in a text of ``/metrics``."""
    metrics = read_metrics(text)
    return None if metrics.is_empty else metrics


def check_models(context: DiagnosisContext, answer: FirstAnswer) -> None:
    """Check the model list and choose the model for the chat."""
    models = answer.models
    if not context.can_try(CheckId.MODELS) or models is None:
        return
    found = context.findings
    found.models = models
    found.proved.add(Proof.PATH)
    offered = _offered(context, models)
    if not offered:
        _settle_empty(context)
        return
    facts: tuple[str, ...] = (checks.OFFERS.format(names=_list_names(models)),)
    if not found.model:
        found.model = offered[0].identifier
        if len(offered) > 1:
            facts = (*facts, checks.FIRST_MODEL)
    if models.find(found.model) is not None:
        found.proved.add(Proof.MODEL)
    _note_window(context, models.find(found.model) or (offered[0] if len(offered) == 1 else None))
    if models.find(found.model) is None:
        _settle_unlisted(context, models, facts)
        return
    window = checks.WITH_CONTEXT.format(tokens=found.context_window) if found.context_window else ""
    context.settle(
        passed(
            CheckId.MODELS, checks.SERVED.format(model=safe_line(found.model, 100), context=window), *facts
        )
    )


def _settle_empty(context: DiagnosisContext) -> None:
    """Settle an empty list.

    It is no error if a model is given: servers that load models on demand may not list it.
    """
    if context.findings.model:
        context.settle(failed(CheckId.MODELS, explain("no-model-list", is_empty="yes"), as_warning=True))
    else:
        context.settle(failed(CheckId.MODELS, explain("no-model-loaded")))


def _offered(context: DiagnosisContext, models: ModelList) -> tuple[ModelInfo, ...]:
    """Return the models to choose from if none is given, of the provider's kind."""
    if context.target.is_embedding:
        return tuple(model for model in models.models if model.is_embedding) or models.models
    return models.chat_models or models.models


def _note_window(context: DiagnosisContext, info: ModelInfo | None) -> None:
    if info is not None and info.context_window is not None:
        context.findings.context_window = info.context_window


def _settle_unlisted(context: DiagnosisContext, models: ModelList, facts: tuple[str, ...]) -> None:
    failure = unlisted(context, explain("model-not-found", model=context.findings.model))
    server = context.findings.identity.kind
    is_certain = server is not None and server.refuses_unlisted and not models.is_cut
    context.settle(failed(CheckId.MODELS, failure, *facts, as_warning=not (context.quick and is_certain)))


def accept_unlisted(context: DiagnosisContext) -> None:
    """Correct the warning about an unlisted model, once it has answered."""
    doubt = context.result(CheckId.MODELS)
    if doubt is None or doubt.cause != "model-not-found" or doubt.status is not CheckStatus.WARNING:
        return
    title = checks.UNLISTED.format(model=safe_line(context.findings.model, 60))
    advice = checks.UNLISTED_ADVICE
    context.settle(replace(doubt, title=title, advice=advice))


def unlisted(context: DiagnosisContext, failure: Failure) -> Failure:
    """Return the failure of a missing model, with the most similar names, which are offered as repairs."""
    found = context.findings
    served = found.models.identifiers if found.models is not None else ()
    closest = [name for name in closest_names(found.model, served) if name != found.model]
    for name in closest:
        text = checks.MODEL_OFFERED.format(model=safe_line(name, 100))
        context.offer(Repair("model", text, {"compatible_provider": name}))
    return explain_again(
        failure,
        "model-not-found",
        model=found.model,
        closest=closest[0] if closest else None,
        is_listed="yes" if found.model in served else None,
    )


def _list_names(models: ModelList) -> str:
    names = [safe_line(name, 80) for name in models.identifiers[:_SHOWN_MODELS]]
    more = len(models.models) - len(names)
    return ", ".join(names) + (checks.MORE.format(count=more) if more > 0 else "")


def _root(context: DiagnosisContext) -> str:
    parts = urlsplit(context.endpoint.base_url)
    return f"{parts.scheme}://{parts.netloc}"
