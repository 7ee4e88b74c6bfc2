"""The diagnosis of an endpoint on the screen; what the checks themselves report is in ``checks``."""

from typing import Final

TITLE: Final = "Diagnosis › {name}"
UNSAVED: Final = "unsaved provider"
HELP: Final = (
    "Checks an endpoint step by step, up to the first failure, and shows the cause and the fix. It sends one "
    "short chat: {cost}; an embedding provider gets two short texts instead."
)

# The verdict
CHECKING: Final = "Checking: {check}"
ALL_WELL: Final = "No problem found"
WARNED: Final = "Works, with a warning"
FAILED: Final = "failed"
STOPPED_TITLE: Final = "Stopped"
STOPPED: Final = "Stopped before the check finished."
ORIGINAL: Final = "This is the original error; nothing new was sent. Press {key} to recheck."
WARNING: Final = "{check}: {text}"
USED: Final = "Used {tokens:token|tokens}"
TOOK: Final = "took {time}"

# What can be done
OFFER_USE: Final = "use it"
OFFER_RECHECK: Final = "recheck"
OFFER_EDIT: Final = "edit the provider"
OFFER_FORM: Final = "back to the form"
OFFER_COPY: Final = "copy the report"
OFFER_DEEP: Final = "test what it can do"
OFFER_STOP: Final = "stop"
APPLY: Final = "Apply"
SHOW: Final = "Show"
HIDE: Final = "Hide"
BACK_TO_FORM: Final = "Back to form"

# The checks
CHECKS: Final = "Checks"
WAITING: Final = "{count} waiting"
WAITS: Final = "1 check waits for this one"
WAIT: Final = "{count} checks wait for this one"
SKIPPED_ONE: Final = "1 check was skipped"
SKIPPED: Final = "{count} checks were skipped"
SHOWS: Final = "{text} · {key} to show"
HIDES: Final = "{text} · {key} to hide"
KEY_APPLIES: Final = "{key} to apply"
SINCE_LAST_CHECK: Final = "Since the last check"
ON_THIS_MACHINE: Final = "On this machine"
PAST_CHECKS: Final = "Past checks"
LAST_CHECKS: Final = "{marks}  the last {count} checks, newest last"
RATES: Final = "{lowest:,.1f} to {highest:,.1f} tokens/s, now {now:,.1f}"

# The details of a check
DETAILS_HELP: Final = "What one check sent and received. Keys are masked."
CAUSE: Final = "cause  {cause}"
TIME: Final = "time   {time}"
SEEN: Final = "Evidence"
EXCHANGE: Final = "Request, answer, events"
CLOSE: Final = "{key} close"

# What was done
REPORT: Final = "Report"
CURL: Final = "curl command"
SAVED: Final = "Saved {name}. Rechecking."
SEND_SECRETS_TITLE: Final = "Send the {secrets} there?"
SEND_SECRETS_BODY: Final = "The {secrets} of {name} will be sent to {address} from now on."
CARRIES_KEY: Final = "API key"
CARRIES_FIELDS: Final = "secret headers or fields"
AND: Final = " and "
USE_IT: Final = "Use it"
CLONE_TITLE: Final = "Clone the provider?"
CLONE_BODY: Final = "This provider is read-only. The fix is applied to an editable copy."
CLONE: Final = "Clone it"
