"""Saved conversations: create, reopen, fork, rename and delete."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from weakref import WeakSet

from tui.core.causes import explain
from tui.core.failure import LmdeckError
from tui.core.former_names import FormerNames
from tui.core.lazy_dataclass import dataclass
from tui.core.secret import Redactor
from tui.core.turn import Turn
from tui.core.turn_tree import TurnTree
from tui.store.blobs import SIZE_LIMIT, BlobStore
from tui.store.conversation_files import conversation_path, is_there, search_text_path
from tui.store.conversation_list import ConversationList
from tui.store.conversation_trash import ConversationTrash
from tui.store.drafts import Drafts
from tui.store.errors import disk_error, usage_error
from tui.store.files import FileContent, read_file, remove_quietly, write_atomically
from tui.store.interrupted import forget_interrupted
from tui.store.journal import Journal
from tui.store.journal_lease import LEASE_STALE_SECONDS, lease_path
from tui.store.journal_writer import new_identity
from tui.store.lease import Lease, LeaseHeldError, acquire_lease, holder_of
from tui.store.optional import OptionalFiles
from tui.store.owner import holder_words
from tui.store.paths import Paths
from tui.store.record_values import Record
from tui.store.records import encode_line, header_record
from tui.store.transcript_file import Transcript, read_transcript
from tui.texts import store as texts


@dataclass(frozen=True, slots=True)
class Intake:
    """The outcome of importing a conversation."""

    is_new: bool
    turns: int
    """The number of turns added, including those of other answers and branches."""


class ConversationStore:
    """The folder of conversations, one file each. All calls block briefly."""

    def __init__(
        self,
        paths: Paths,
        redactor: Redactor | None = None,
        optional: OptionalFiles | None = None,
        former_names: Callable[[], FormerNames] = FormerNames,
    ) -> None:
        """Create a store.

        Args:
            redactor: erases known keys from everything that is written.
            optional: reports harmless failures of the list's cache and the trash.
            former_names: returns the current names of providers.
        """
        self._paths = paths
        self._optional = optional or OptionalFiles()
        self._folder = paths.conversations_dir
        self._redactor = redactor or Redactor()
        self._blobs = BlobStore(paths.attachments_dir)
        self.listing = ConversationList(paths, self._optional, former_names)
        self.trash = ConversationTrash(paths, self._blobs, self._optional, self.listing.summary_of)
        self._journal = partial(Journal, redactor=self._redactor, blobs=self._blobs, shown=paths.shown)
        self._open: WeakSet[Journal] = WeakSet()

    @cached_property
    def drafts(self) -> Drafts:
        """The unsent messages."""
        return Drafts(self._paths, self._redactor.redact, self._optional)

    def create(self, title: str = "", *, forked_from: str = "") -> Journal:
        """Return the journal of a new conversation.

        Its file is created with its first turn; never raises.
        """
        identity = new_identity()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        path = self._folder / f"{identity}.jsonl"
        journal = self._journal(path, title=title, header=header_record(identity, title, now, forked_from))
        self._open.add(journal)
        return journal

    def open(self, identity: str) -> Transcript:
        """Read a conversation and acquire its lease, so that only this session writes to it.

        Raises:
            LmdeckError: it does not exist, or cannot be read.
        """
        path = self._existing(identity)
        lease, refusal = self._try_lease(path)
        try:
            content = self._content(path)
        except LmdeckError:
            if lease is not None:
                lease.release()
            raise
        transcript = self._read(content)
        transcript.identity, transcript.is_elsewhere = identity, refusal is not None
        transcript.notices = (*(() if refusal is None else (refusal,)), *self._notices(transcript))
        if refusal is None and not transcript.is_newer:
            forget_interrupted(path)
            title = transcript.title
            transcript.journal = self._journal(path, title=title, lease=lease, content=content)
            self._open.add(transcript.journal)
        elif lease is not None:
            lease.release()
        return transcript

    def is_held(self, identity: str) -> bool:
        """Return whether a session is writing to a conversation."""
        lease = lease_path(conversation_path(self._folder, identity))
        return holder_of(lease, LEASE_STALE_SECONDS) is not None

    def read(self, identity: str) -> tuple[bytes, tuple[str, ...]]:
        """Return a journal as on disk, whichever session writes to it, and notices about it.

        Raises:
            LmdeckError: it does not exist, or cannot be read.
        """
        opened = self._opened_here(identity)
        if opened is not None:
            opened.flush()
        content = self._content(self._existing(identity))
        return b"" if content is None else content.data, tuple(self._notices(self._read(content)))

    def redact(self, text: str) -> str:
        """Return a text with all known keys erased."""
        return self._redactor.redact(text)

    def fork(self, identity: str) -> Transcript:
        """Copy a conversation, as on disk, to a new one that belongs to this session.

        Raises:
            LmdeckError: it does not exist, or cannot be read.
        """
        opened = self._opened_here(identity)
        if opened is not None:
            opened.flush()
        path = self._existing(identity) if opened is None else opened.path
        transcript = self._read(self._content(path))
        transcript.notices = tuple(self._notices(transcript))
        transcript.title = f"{transcript.title} (copy)" if transcript.title else ""
        turns = list(transcript.tree.in_order())
        for turn in turns:
            turn.is_copy = True
        tree = TurnTree(turns, chosen={turn.parent: turn.identity for turn in turns})
        if turns:
            tree.show_to(turns[-1])
        journal = self.adopt(turns, transcript.title, forked_from=identity, is_copy=True)
        for last in transcript.tree.remembered_ends():
            tree.show_to(last)
            journal.show_path(last.identity)
        journal.flush()  # the list is read from the disk
        transcript.identity, transcript.forked_from, transcript.journal = journal.identity, identity, journal
        transcript.tree, transcript.turns = tree, tree.path
        transcript.recorded = [turn.identity for turn in tree.path]
        transcript.queued = ()  # queued prompts are only sent in the original
        return transcript

    def adopt(
        self, turns: Iterable[Turn], title: str = "", *, forked_from: str = "", is_copy: bool = False
    ) -> Journal:
        """Save turns in memory as a new conversation; never raises.

        Each follows its parent, by default the preceding turn. With ``is_copy`` the turns' costs are not
        counted again.
        """
        journal = self.create(title, forked_from=forked_from)
        for turn in turns:
            journal.write_turn(turn, is_copy=is_copy)
        return journal

    def take_in(self, identity: str, records: Sequence[Record]) -> Intake:
        """Save an imported conversation, or add missing turns to an existing one.

        Raises:
            LmdeckError: another session writes to it, or the disk refuses; a new one does not exist then.
        """
        path = conversation_path(self._folder, identity)
        if is_there(path, self._paths.shown):
            return self._grow(path, records)
        lines = b"".join(encode_line(record, self._redactor.redact) for record in records)
        try:
            write_atomically(path, lines)
        except OSError as error:
            raise disk_error(error, self._paths.shown(path)) from error
        return Intake(is_new=True, turns=len({record.get("turn") for record in records} - {None}))

    def _grow(self, path: Path, records: Sequence[Record]) -> Intake:
        known = self._read(self._content(path))
        have = {turn.identity for turn in (*known.turns, *known.dropped)}
        more = [record for record in records if "turn" in record and record["turn"] not in have]
        if more:
            journal = self._journal(path, lease=self._take_lease(path))
            journal.add(more)
            if not journal.close():
                raise LmdeckError(journal.failure or explain("store-failed", path=self._paths.shown(path)))
        return Intake(is_new=False, turns=len({record["turn"] for record in more}))

    def rename(self, identity: str, title: str) -> None:
        """Rename a conversation.

        Raises:
            LmdeckError: another session writes to it, or the disk refuses.
        """
        self._add_to(identity, lambda journal: journal.set_title(title))

    def pin(self, identity: str, is_pinned: bool) -> None:
        """Pin or unpin a conversation at the top of the list.

        Raises:
            LmdeckError: another session writes to it, or the disk refuses.
        """
        self._add_to(identity, lambda journal: journal.set_pinned(is_pinned))

    def turn_pin(self, identity: str) -> bool:
        """Toggle whether a conversation is pinned; return the new state.

        Raises:
            LmdeckError: another session writes to it, or the disk refuses.
        """
        opened = self._opened_here(identity)
        if opened is not None:
            opened.flush()
        is_pinned = not self.listing.summary_of(self._existing(identity)).is_pinned
        self.pin(identity, is_pinned)
        return is_pinned

    def _add_to(self, identity: str, add: Callable[[Journal], None]) -> None:
        """Append a record to a conversation that is open in this process or nowhere."""
        opened = self._opened_here(identity)
        if opened is not None:
            add(opened)
            opened.flush()  # the list is read from the disk
            return
        path = self._existing(identity)
        journal = self._journal(path, lease=self._take_lease(path))
        add(journal)
        if not journal.close():
            raise LmdeckError(journal.failure or explain("store-failed", path=self._paths.shown(path)))

    def delete(self, identity: str) -> str:
        """Move a conversation to the trash and return the token to restore it.

        Raises:
            LmdeckError: it does not exist, another session writes to it, or the disk refuses.
        """
        path = self._existing(identity)
        lease = self._take_lease(path)
        try:
            token = self.trash.put(path)
        finally:
            lease.release()
        remove_quietly(search_text_path(self._paths, identity))
        self.drafts.keep(identity, "")
        return token

    def flush_open(self) -> None:
        """Wait until everything written by this process is on disk, from where the list is read."""
        for journal in list(self._open):
            if not journal.is_closed:
                journal.flush()

    def _opened_here(self, identity: str) -> Journal | None:
        """Return the journal that this process writes, by the current name of its file."""
        known = (journal for journal in list(self._open) if not journal.is_closed)
        return next((journal for journal in known if journal.identity == identity), None)

    def _try_lease(self, path: Path) -> tuple[Lease | None, str | None]:
        """Return the lease, or a sentence about its holder; neither if the disk currently refuses."""
        try:
            return acquire_lease(lease_path(path), LEASE_STALE_SECONDS), None
        except LeaseHeldError as error:
            where = holder_words(error.owner)
            return None, texts.OPEN_ELSEWHERE.format(holder=where)
        except OSError:  # the journal reports this, and retries during the chat
            return None, None

    def _take_lease(self, path: Path) -> Lease:
        shown = self._paths.shown(path)
        try:
            return acquire_lease(lease_path(path), LEASE_STALE_SECONDS)
        except LeaseHeldError as error:
            holder = holder_words(error.owner)
            raise LmdeckError(explain("store-locked", path=shown, holder=holder)) from None
        except OSError as error:
            raise disk_error(error, shown) from error

    def _content(self, path: Path) -> FileContent | None:
        try:
            return read_file(path, SIZE_LIMIT)
        except OSError as error:
            raise disk_error(error, self._paths.shown(path)) from error

    def _read(self, content: FileContent | None) -> Transcript:
        return read_transcript(content.data if content is not None else b"")

    def _notices(self, transcript: Transcript) -> Iterator[str]:
        """Yield the notices about a conversation that was read."""
        if transcript.is_newer:
            yield texts.NEWER_CHAT
        if transcript.bad_lines:
            text = texts.ONE_LINE_LOST if transcript.bad_lines == 1 else texts.LINES_LOST
            yield text.format(count=transcript.bad_lines)
        yield from self._blobs.read(part for turn in transcript.turns for part in turn.prompt.blobs)[1]

    def _existing(self, identity: str) -> Path:
        path = conversation_path(self._folder, identity)
        if not is_there(path, self._paths.shown):
            raise usage_error("conversation-unknown", name=identity)
        return path
