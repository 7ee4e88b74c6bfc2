"""Every text that a user reads, one module per subject, so that all of them can be reviewed in one place.

A text is one constant::

    DELETED: Final = "Deleted {name}."

and is filled where it is shown, ``DELETED.format(name=…)``; mypy reports missing and unknown placeholders.
The caller escapes the values (``core.safe_text``).

To add a text:

1. Search for it first: no text appears twice, and each concept has one term.
2. Put it in the module of its subject, next to the texts it is shown with. A module imports only ``typing``.
3. Write plain software English: one sentence on what happened, one on what to do. ``tests/test_texts.py``
   rejects phrases that a reader has to translate, and sentences in any other module.

Three catalogues have forms of their own: failures in ``core/causes.txt``, keys in ``ui/bindings.txt``, and
the fields of a provider in ``core/provider_schema.py``.
"""
