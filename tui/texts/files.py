"""Why a file cannot be read, written or used, each as the end of a sentence."""

from typing import Final

EMPTY: Final = "it is empty"
NOT_REGULAR: Final = "it is not a regular file"
TOO_LARGE: Final = "it is too large"
FOLDER: Final = "it is a folder"
NOT_A_FOLDER: Final = "it is not a folder"
MISSING: Final = "it does not exist"
FOLDER_MISSING: Final = "its folder does not exist"
MAKE_FOLDER: Final = "Create the folder, or name another one."
NAME_USED: Final = "another file or folder has its name"
DISK_FULL: Final = "the disk is full"
QUOTA_FULL: Final = "your disk quota is used up"
DISK_READ_ONLY: Final = "the disk is read-only"
FORBIDDEN: Final = "you have no permission"
NO_LOCKS: Final = "the disk does not support locks"
FOLDER_GONE: Final = "the network folder is no longer available"
DISK_ERROR: Final = "the disk reports an error"
PATH_BROKEN: Final = "a part of its path is not a folder"
LINK_LOOP: Final = "its links form a loop"
NAME_LONG: Final = "its name is too long"
BUSY: Final = "it is in use"
DISK_GONE: Final = "its disk is not available"
MANY_OPEN: Final = "too many files are open"
MEMORY_FULL: Final = "memory is full"
LARGER_THAN: Final = "it is larger than {size} MB"
WOULD_BE_LARGER: Final = "with this it would be larger than {size} MB"
NO_HOME: Final = "there is no home folder: set HOME to one"

# What another program did to a file
DELETED: Final = "was deleted"
MOVED: Final = "was moved"
REPLACED: Final = "was replaced"
CHANGED: Final = "was changed"

# An attached file
ATTACHMENT_UNREADABLE: Final = "cannot be read ({reason})"
ATTACHMENT_MISSING: Final = "is missing"
ATTACHMENT_DAMAGED: Final = "is damaged"

# Why a file is not trusted
FOREIGN: Final = "{path} belongs to another user"
FOREIGN_LINK: Final = "the link {path} belongs to another user"
FOREIGN_FOLDER: Final = "the folder {path} belongs to another user, who can replace the file"
UNSEEN_FOLDER: Final = "the folder {path} cannot be examined"
WRITABLE: Final = "others can write to {path}"
WRITABLE_FOLDER: Final = "others can write to the folder {path} and replace the file"
CLOSE: Final = "chmod go-w {path}"

# Who has a file open
OTHER_LMDECK: Final = "another lmdeck"
THIS_LMDECK: Final = "this lmdeck"
OTHER_PROCESS: Final = "another lmdeck (process {process} on {host})"

# A file in TOML
NO_SCHEMA: Final = 'its "schema" is not a number'
NOT_UTF8_LINE: Final = "it is not UTF-8 text (line {line})"
TABLES_DEEP: Final = "its tables are nested too deeply"
ODD_NUMBER: Final = "it contains an invalid number"
NOT_TOML: Final = "it is not valid TOML (line {line})"

# What is kept where: the lines of ``lmdeck paths``
PROVIDERS: Final = ("Providers", "shareable, no keys")
SETTINGS: Final = ("Settings", "edited by you only")
PRESETS: Final = ("Presets", "edited by you only, one file each")
KEYS: Final = ("API keys", "private")
CHATS: Final = ("Chats", "private, one file each")
DRAFTS: Final = ("Unsent messages", "private, one file a chat")
TRASH: Final = ("Deleted chats", "removed after 30 days")
ENDPOINTS: Final = ("Endpoints", "what lmdeck learned about servers")
LEDGER: Final = ("Ledger", "tokens and costs, no texts; private")
TRUSTED: Final = ("Trusted files", "provider files that you reviewed")
COPIED: Final = ("Copied text", "when no clipboard was available")
CRASH: Final = ("Crash report", "the last one, without keys")
ENGINE_LOG: Final = ("Built-in model's log", "the last run")
CACHE: Final = ("Cache", "can be deleted at any time")
SITE: Final = ("Site-wide providers", "read-only")
