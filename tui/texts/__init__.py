"""Every text that a user reads, one module per subject, so that it can be read and reviewed as a whole.

A text is one constant::

    DELETED: Final = "Deleted {name}."

and is filled where it is shown, ``DELETED.format(name=…)``; mypy reports a placeholder that is missing or
unknown. What is filled in is escaped by the caller (``core.safe_text``).

To add a text:

1. Look for it first: no text is here twice, and a concept has one word.
2. Put it into the module of its subject, beside the texts it is seen with. A module imports nothing but
   ``typing``.
3. Write plain software English: one sentence says what happened, one what to do. ``tests/test_texts.py``
   keeps phrases out that a reader has to translate, and sentences out of all other modules.

Three catalogues have forms of their own: failures in ``core/causes.txt``, keys in ``ui/bindings.txt``, and
the fields of a provider in ``core/provider_schema.py``.
"""
