"""Each sentence of SECURITY.md and of docs/ that promises something is linked to the tests that show it.

As ``test_promises`` does for the README. docs/causes.md and docs/keys.md are made from tables and tested
with them; of the pages that tools write, the head is linked here and the rest in ``test_pages``.
"""

from __future__ import annotations

import re

import pytest

from tests.support.prose import ROOT, assert_test_exists, not_linked, sentences_and_tables
from tools import assurance, provider_pages, servers

NO_PROMISE = (
    "One price per provider is a simplification",
    "lmdeck holds API keys and chats",
    "This page lists its guarantees",
    "Other processes with your user id",
    "Prefer `env:`, `cmd:`",
    "A server sees what you send",
    "A compatible endpoint is not",
    "What a model says may be wrong",
    "lmdeck cannot protect what you copied",
    "Please report a vulnerability",
    "Do not include real keys",
    "You get an answer within a week",
    # docs/assurance.md and docs/servers.md
    "The figures are from the machine",
    "lmdeck is tested against real model",
    "nginx comes with the system",
    "Everything runs on a CPU",
)
SHOWN: dict[str, tuple[str, ...]] = {
    "The test results behind each guarantee": (
        "tests/test_document_promises.py::test_every_promise_is_measured",
    ),
    "**Nothing from outside commands your terminal": ("tests/assurance/test_terminal_safety.py",),
    "Model output, reasoning, model names": (
        "tests/core/test_safe_text.py::test_nothing_of_it_commands_a_terminal_and_it_is_safe_twice",
        "tests/core/test_safe_text.py::test_nothing_invisible_is_shown_anywhere",
        "tests/assurance/test_terminal_safety.py::test_no_payload_reaches_the_terminal_from_a_screen",
        "tests/assurance/test_terminal_safety.py::test_no_payload_reaches_the_terminal_from_a_command",
    ),
    "A second filter": ("tests/ui/shell/test_guard.py::test_every_known_payload_is_harmless",),
    "Nothing from outside is ever parsed as markup": (
        "tests/test_no_markup.py::test_no_shown_text_is_markup",
        "tests/transcript/test_rendering.py::test_a_link_shows_its_address_and_a_bare_one_does_not_repeat_it",
        "tests/ui/shell/test_guard.py::test_only_plain_addresses_are_safe",
        "tests/transcript/test_transcript.py::test_links_are_asked_for_by_key_and_by_click",
    ),
    "The raw text stays in storage": (
        "tests/store/test_journal.py",
        "tests/transcript/test_transcript.py::test_raw_text_and_wrapping_toggle",
        "tests/core/test_safe_text.py::test_the_count_is_of_what_was_replaced",
    ),
    "**Nothing from outside types into your prompt": ("tests/assurance/test_prompt_safety.py",),
    "Replies of the terminal": (
        "tests/assurance/test_prompt_safety.py::test_answers_that_come_unasked_are_never_typed",
        "tests/assurance/test_prompt_safety.py::test_an_answer_in_single_bytes_is_never_typed",
    ),
    "**A key stays where it belongs": ("tests/assurance/test_key_canary.py",),
    "Keys are kept in a type without": (
        "tests/net/test_key_safety.py::test_nothing_that_prints_itself_shows_the_key",
        "tests/net/test_key_safety.py::test_the_key_travels_in_the_chosen_header_alone",
        "tests/wired/test_key_renewal.py::test_a_chat_goes_on_with_the_next_key",
    ),
    "Redirects are not followed": (
        "tests/net/test_key_safety.py::test_a_redirect_is_told_and_never_followed",
        "tests/assurance/test_key_canary.py::test_a_redirect_gets_neither_key_nor_prompt",
    ),
    "Loopback traffic never goes through a proxy": (
        "tests/assurance/test_key_canary.py::test_a_proxy_of_the_environment_sees_nothing_of_loopback",
    ),
    "A key is not sent over plain http": (
        "tests/net/test_key_safety.py::test_an_unencrypted_key_is_refused_before_a_packet_leaves",
        "tests/ui/shell/test_provider_form.py::test_a_key_over_plain_http_is_asked_about_once",
        "tests/ui/chat/test_chat_screen.py::test_warnings_about_the_connection_stay",
    ),
    "Every text that is shown, logged": (
        "tests/assurance/test_key_canary.py::test_no_screen_shows_a_key_that_a_server_echoes",
        "tests/assurance/test_key_canary.py::test_no_command_prints_a_key_that_a_server_echoes",
        "tests/net/test_key_safety.py::test_no_log_record_shows_the_key",
        "tests/core/test_key_erasing.py::test_base64_of_a_longer_text_gives_nothing_of_the_key_away",
    ),
    "Core dumps are off": ("tests/assurance/test_only_the_endpoint.py::test_a_core_dump_is_forbidden",),
    "Keys are never taken from the command line": (
        "tests/cli/test_parser.py",
        "tests/assurance/test_key_canary.py::test_the_process_list_does_not_have_it",
    ),
    "**Files are private from their first byte": (
        "tests/assurance/test_private_files.py::test_no_file_is_ever_open_to_others",
    ),
    "`lmdeck paths` lists them": (
        "tests/wired/test_places.py::test_a_place_holds_what_its_line_says",
        "tests/store/test_forget.py::test_keys_are_forgotten_wherever_a_copy_is",
        "tests/store/test_forget.py::test_conversations_are_forgotten_with_trash_and_titles",
        "tests/store/test_forget.py::test_caches_are_forgotten_and_nothing_else",
    ),
    "**TLS is verified": (
        "tests/net/test_chat_tls.py::test_a_bad_certificate_has_its_cause_and_nothing_is_sent",
    ),
    "A provider can name a CA file": (
        "tests/net/test_chat_tls.py::test_a_signed_certificate_is_accepted_with_its_authority",
        "tests/net/test_chat_tls.py::test_a_wanted_client_certificate_is_named_and_given",
        "tests/net/test_chat_tls.py::test_a_pin_refuses_every_other_certificate_before_anything_is_sent",
        "tests/wired/test_provider_fields.py::test_a_field_has_its_effect",
    ),
    "`insecure` exists": (
        "tests/cli/test_security_marks.py::test_an_unverified_connection_is_marked_wherever_it_is_used",
        "tests/ui/chat/test_chat_screen.py::test_warnings_about_the_connection_stay",
    ),
    "**Nothing is sent anywhere": (
        "tests/assurance/test_only_the_endpoint.py::test_commands_connect_to_their_endpoint_alone",
        "tests/assurance/test_only_the_endpoint.py::test_screens_connect_to_their_endpoints_alone",
    ),
    "No telemetry, no update check, no plug-ins": (
        "tests/assurance/test_only_the_endpoint.py::test_screens_connect_to_their_endpoints_alone",
        "tests/assurance/test_only_the_endpoint.py::test_no_other_package_is_loaded",
        "tests/assurance/test_imports.py::test_no_module_opens_a_socket_when_it_is_imported",
    ),
    "The provider list checks which active": (
        "tests/wired/test_every_setting.py::test_a_setting_has_its_effect",
    ),
    "Diagnosis probes the endpoint you named": (
        "tests/probe/test_evidence.py::test_a_key_goes_nowhere_but_to_the_endpoint",
        "tests/probe/test_evidence.py::test_a_server_on_another_port_is_named_and_offered",
        "tests/probe/test_discover.py::test_other_addresses_are_never_asked",
        "tests/net/test_key_safety.py::test_the_key_is_not_sent_to_another_origin",
    ),
    "**A crash is honest": (
        "tests/ui/shell/test_terminal.py::test_a_defect_is_told_without_values",
        "tests/runtime/test_last_crash.py::test_the_last_report_of_a_command_has_no_key",
    ),
    "Failures of background tasks": (
        "tests/ui/shell/test_defects.py::test_a_defect_is_told_once_wherever_it_happens",
        "tests/ui/shell/test_defects.py::test_a_defect_is_told_of_a_window_that_was_closed_meanwhile",
    ),
    "Keys in `credentials.toml` are private": (
        "tests/assurance/test_private_files.py::test_no_file_is_ever_open_to_others",
        "tests/store/test_credentials.py::test_a_file_that_others_can_read_is_made_private_and_said_so",
    ),
    "`cmd:` runs the program you named": ("tests/store/test_keys.py::test_no_shell_reads_a_command",),
    "`providers.toml` is therefore": (
        "tests/store/test_providers.py::test_commands_of_a_file_that_others_can_write_are_not_run",
        "tests/store/test_keys.py::test_a_command_of_an_untrusted_file_is_not_run",
    ),
    "lmdeck shows tool calls": (
        "tests/cli/test_ask_figures.py::test_an_answer_of_tool_calls_is_printed_and_ends_with_0",
        "tests/transcript/test_growing_text.py::test_only_the_first_tool_calls_are_drawn_and_the_others_counted",
    ),
    # SECURITY.md, Chats, files and exports
    "Attached files are copied": (
        "tests/store/test_blobs.py::test_a_prompt_comes_back_with_its_files_and_each_is_kept_once_and_private",
        "tests/store/test_blobs.py::test_a_file_goes_with_the_last_conversation_that_names_it",
    ),
    "Known keys are removed from the copies": (
        "tests/store/test_blobs.py::test_a_key_in_an_attached_text_is_not_kept",
    ),
    "URLs are never fetched": (
        "tests/cli/test_ask_files.py::test_what_cannot_be_attached_is_refused_before_anything_is_sent",
    ),
    "Files whose names suggest keys": (
        "tests/store/test_path_index.py::test_what_git_tracks_comes_first_then_what_it_does_not_ignore",
        "tests/core/test_secret_files.py",
        "tests/wired/test_attaching.py::test_a_file_that_may_hold_keys_is_sent_after_one_question",
        "tests/cli/test_plain_attaching.py::test_a_file_that_may_hold_keys_is_sent_when_the_message_is_sent_again",
        "tests/cli/test_ask_files.py::test_a_file_that_may_hold_keys_is_sent_only_with_a_yes",
    ),
    "Exports contain no key": (
        "tests/cli/test_history_files.py::test_no_export_has_a_key_whenever_it_became_known",
    ),
    "An exported page has no script": (
        "tests/cli/test_history_files.py::test_a_page_has_no_script_and_no_control_character",
    ),
    "An import writes nothing but chats": (
        "tests/cli/test_history_files.py::test_a_file_names_no_place_on_this_disk",
        "tests/cli/test_history_files.py::test_an_import_erases_keys",
    ),
    "Presets are read from your own folder": (
        "tests/wired/test_presets.py::test_a_file_that_others_can_write_is_not_used",
    ),
    "Text that is filled into a template": (
        "tests/wired/test_presets.py::test_what_is_filled_in_is_never_filled_in_again",
    ),
    "A search reads private copies": (
        "tests/store/test_text_cache.py::test_files_and_folder_are_private",
        "tests/store/test_text_cache.py::test_known_keys_are_not_in_it",
    ),
    "An unsent message is stored privately": (
        "tests/store/test_drafts.py::test_a_draft_is_read_as_it_was_until_it_is_sent",
        "tests/store/test_drafts.py::test_no_key_is_in_it",
    ),
    "A chat that is not saved stores none": (
        "tests/e2e/test_unsent_messages.py::test_a_chat_that_is_not_saved_keeps_no_draft_either",
    ),
    # docs/assurance.md
    "Each promise of [SECURITY.md](../SECURITY.md) is tested": (
        "tests/test_document_promises.py::test_every_promise_is_measured",
        "tests/test_pages.py::test_a_page_says_what_its_record_says",
    ),
    "`LMDECK_ASSURE=1` in front of a command": ("tests/test_pages.py::test_a_variable_makes_the_tests_long",),
    # docs/servers.md
    "`make test-servers` installs them": (
        "tests/packaging/test_make.py::test_the_help_lists_every_target",
        "tests/test_pages.py::test_the_folder_of_the_servers",
    ),
    "`LMDECK_SERVERS=DIR` uses another folder": ("tests/test_pages.py::test_the_folder_of_the_servers",),
    "It is not part of `make test`": ("tests/test_pages.py::test_without_their_folder_no_server_is_tested",),
    '"Not run" is not a success': ("tests/test_pages.py::test_a_server_that_is_missing_is_not_passed",),
    "This page is written by": ("tests/test_pages.py::test_a_page_says_what_its_record_says",),
    # docs/providers.md
    "*Key*: in `providers.toml`": (
        "tests/core/test_provider_schema.py::test_the_page_is_current",
        "tests/core/test_provider_schema.py::test_toml_gives_the_same_provider",
    ),
    "*Flag*: of": ("tests/cli/test_provider_set.py::test_both_commands_write_every_field",),
    "*Casibase*: the key": (
        "tests/core/test_provider_schema.py::test_a_record_of_casibase_gives_what_it_can_hold",
    ),
    "The JSON schema of the file": (
        "tests/core/test_provider_schema.py::test_what_is_written_follows_the_json_schema",
    ),
    # docs/journal.md
    "A search reads the texts of the chats": (
        "tests/store/test_text_cache.py::test_files_and_folder_are_private",
        "tests/store/test_text_cache.py::test_the_text_is_made_once_and_again_when_the_chat_has_grown",
        "tests/store/test_text_cache.py::test_a_file_that_is_none_of_ours_is_made_anew",
    ),
    "They are deleted with their chat": (
        "tests/store/test_text_cache.py::test_a_deleted_chat_leaves_no_text",
        "tests/store/test_text_cache.py::test_what_is_forgotten_leaves_no_text",
    ),
    "`lmdeck history export --format jsonl` writes": (
        "tests/session/test_history_formats.py::test_the_whole_formats_bring_everything_back",
    ),
    "An import writes them under": (
        "tests/session/test_history_formats.py::test_the_whole_formats_bring_everything_back",
        "tests/cli/test_history_files.py::test_imported_turns_are_not_counted_again",
        "tests/e2e/test_killed_costs.py::test_an_import_of_it_costs_nothing_more",
    ),
    "A conversation is one file": ("tests/wired/test_places.py::test_a_place_holds_what_its_line_says",),
    "It is private (0600) and append-only": (
        "tests/store/test_journal.py::test_the_file_is_private_and_the_lease_goes_with_the_journal",
        "tests/store/test_journal.py::test_each_record_is_one_write",
    ),
    "Each line is flushed to disk before": (
        "tests/store/test_journal_file.py::test_what_a_failed_sync_dropped_is_written_again",
        "tests/store/test_journal_file.py::test_nothing_reports_success_before_the_disk_has_it",
    ),
    "Any prefix of a file is a valid": (
        "tests/store/test_schema2.py::test_any_beginning_of_the_bytes_is_a_beginning_of_the_conversation",
        "tests/store/test_journal.py::test_damage_anywhere_costs_only_the_lines_it_hits",
        "tests/store/test_conversations.py::test_a_killed_writer_loses_at_most_two_seconds_and_its_lease",
    ),
    "`header` is the first line": (
        "tests/store/test_schema2.py::test_any_conversation_comes_back_as_it_was_written",
        "tests/store/test_conversations.py::test_a_fork_is_a_conversation_of_its_own_and_costs_nothing_twice",
    ),
    "`turn` is written before": (
        "tests/store/test_journal.py::test_a_prompt_is_on_disk_before_the_answer_and_text_follows_by_itself",
    ),
    "`parent` is the name": (
        "tests/session/test_chat_session.py::test_a_turn_keeps_what_the_chat_had_set_for_itself_and_which_turn_was_before_it",
        "tests/store/test_schema2.py::test_schema_1_of_any_conversation_reads_as_schema_2",
    ),
    "`prompt` is the prompt as plain": (
        "tests/store/test_schema2.py::test_a_prompt_with_parts_has_its_plain_reading_beside_them",
    ),
    "`parts` is present only": (
        "tests/store/test_schema2.py::test_a_prompt_with_parts_has_its_plain_reading_beside_them",
    ),
    "`settings` are the settings": (
        "tests/session/test_chat_session.py::test_a_turn_keeps_what_the_chat_had_set_for_itself_and_which_turn_was_before_it",
        "tests/store/test_schema2.py::test_any_conversation_comes_back_as_it_was_written",
    ),
    "`pin` has `pinned`": (
        "tests/ui/chat/test_conversations_screen.py::test_pinned_ones_stay_at_the_top_and_on_disk",
    ),
    "`sent` is written once": (
        "tests/e2e/test_killed_costs.py::test_the_chat_and_the_lists_say_what_the_ledger_says",
    ),
    "A turn without an `end` costs": (
        "tests/e2e/test_killed_costs.py::test_the_chat_and_the_lists_say_what_the_ledger_says",
    ),
    "`delta` is a piece": ("tests/store/test_journal.py::test_pieces_are_written_in_batches_and_in_order",),
    "`reclassify` changes": (
        "tests/store/test_schema1.py::test_a_file_of_schema_1_reads_as_it_read_when_it_was_written",
    ),
    "`end` says how the turn ended": (
        "tests/store/test_schema2.py::test_any_conversation_comes_back_as_it_was_written",
        "tests/store/test_schema2.py::test_amounts_keep_every_digit",
    ),
    "A turn without one was interrupted": (
        "tests/store/test_journal.py::test_any_prefix_of_a_file_is_a_conversation",
    ),
    "`phases` of an `end`": (
        "tests/store/test_journal.py::test_the_golden_file_of_each_schema_reads_as_ever",
    ),
    "A turn may have another `end`": ("tests/session/test_late_figures.py",),
    # docs/time.md
    "The time of an answer has eight parts": (
        "tests/core/test_phases.py::test_each_part_has_its_time_and_its_source",
    ),
    "They add up to its E2E": ("tests/core/test_phases.py::test_the_parts_add_up_to_the_whole",),
    "The server's parts come from its reply": (
        "tests/wire/test_server_timings.py",
        "tests/cli/test_ask_times.py::test_vllms_own_figures_are_told_as_reported",
    ),
    "Otherwise they come from two readings": (
        "tests/wire/test_metric_deltas.py",
        "tests/cli/test_ask_times.py::test_the_metrics_alone_tell_the_same_of_a_request_that_was_alone",
    ),
    "If other requests ended meanwhile": (
        "tests/cli/test_ask_times.py::test_with_others_the_metrics_are_an_estimate",
    ),
    "`/metrics` is read without": (
        "tests/net/test_scrape.py::test_no_key_and_no_header_of_the_provider_is_sent",
        "tests/net/test_scrape.py::test_closed_metrics_are_left_alone",
        "tests/cli/test_ask_times.py::test_the_metrics_are_read_before_and_after_and_never_with_the_key",
    ),
    "A chat reads it before": ("tests/net/test_scrape.py::test_the_first_chat_with_a_server_is_not_held_up",),
    "It is never requested from hosted services": (
        "tests/net/test_scrape.py::test_a_hosted_service_is_never_asked",
    ),
    "Figures that exceed": (
        "tests/core/test_phases.py::test_figures_that_exceed_the_wait_do_not_fit",
        "tests/wire/test_metric_deltas.py::test_readings_of_several_servers_say_nothing",
    ),
    "A stopped answer has no": ("tests/core/test_phases.py::test_a_stopped_answer_has_no_server_parts",),
    "`ask --json` and `ask --timing` try": (
        "tests/cli/test_ask_times.py::test_the_metrics_are_read_before_and_after_and_never_with_the_key",
    ),
    "`ask --json` and `check --json` have": (
        "tests/cli/test_ask_times.py::test_a_check_prints_the_parts_at_its_speed",
    ),
    "Where vLLM preempted": (
        "tests/wire/test_metric_deltas.py::test_requests_that_were_set_aside_meanwhile_are_told",
    ),
    "`y` copies the figures": (
        "tests/ui/chat/test_times_window.py::test_the_figures_are_copied_as_text_and_as_json",
    ),
    "A row of arrivals": (
        "tests/ui/chat/test_times_window.py::test_the_pieces_of_the_answer_stand_on_the_axis_of_its_parts",
    ),
    "The first message of a kind": (
        "tests/ui/chat/test_times_window.py::test_the_first_message_of_a_kind_is_marked_and_not_compared",
    ),
    "In a chat, `i` shows": (
        "tests/ui/chat/test_times_window.py::test_each_part_has_its_time_its_place_and_its_tokens",
        "tests/ui/chat/test_times_window.py::test_up_and_down_show_the_figures_of_other_messages",
    ),
    "From 120 columns on, the last": (
        "tests/ui/chat/test_times_window.py::test_a_wide_window_has_the_last_messages",
        "tests/ui/chat/test_times_window.py::test_the_last_twenty_messages_stand_side_by_side",
    ),
    "`/info` in the plain chat": (
        "tests/cli/test_ask_times.py::test_the_plain_chat_tells_the_parts_of_its_last_answer",
    ),
    "`lmdeck ask --timing` prints": (
        "tests/cli/test_ask_times.py::test_the_timing_line_names_each_part_and_its_source",
        "tests/cli/test_ask_times.py::test_a_check_prints_the_parts_at_its_speed",
    ),
    "`copy` of an `end`": (
        "tests/session/test_variants.py::test_a_copy_has_every_answer_and_counts_only_what_is_asked_in_it",
    ),
    "`title` renames": ("tests/store/test_journal.py::test_choosing_a_branch_and_renaming_are_records_too",),
    "A retry and an edited prompt have": (
        "tests/session/test_branches.py",
        "tests/session/test_variants.py::test_an_edited_prompt_begins_a_branch_and_the_old_one_stays",
    ),
    "`drop` is a retry by lmdeck 0.1.0": (
        "tests/session/test_variants.py::test_a_chat_goes_on_after_a_crash_of_lmdeck_0_1_0_between_drop_and_retry",
        "tests/store/test_schema1.py::test_a_file_of_schema_1_reads_as_it_read_when_it_was_written",
    ),
    "`queue` lists the messages": (
        "tests/session/test_prompt_queue.py::test_what_waits_is_there_again_and_waits_for_a_key",
    ),
    "The last such line counts": (
        "tests/session/test_prompt_queue.py::test_killed_at_any_line_a_prompt_is_sent_or_waits_and_never_both",
    ),
    "A copy of the conversation has no queue": ("tests/session/test_queued_branches.py",),
    "`path` names the last turn": (
        "tests/store/test_schema2.py::test_a_path_line_shows_another_branch_and_the_chat_goes_on_there",
    ),
    "A turn whose parent is not the end": (
        "tests/store/test_schema2.py::test_the_newest_branch_is_the_conversation_and_the_others_are_kept",
    ),
    "Unknown records and keys": (
        "tests/store/test_schema2.py::test_what_is_unknown_is_kept_where_the_file_is_written_anew",
        "tests/store/test_schema2.py::test_what_is_unknown_of_a_turn_is_kept_in_a_copy",
    ),
    "Images and files are stored privately": (
        "tests/store/test_blobs.py::test_a_prompt_comes_back_with_its_files_and_each_is_kept_once_and_private",
    ),
    "A file is on disk before the line": (
        "tests/store/test_blobs.py::test_a_file_is_on_the_disk_before_the_line_that_names_it",
        "tests/store/test_blobs.py::test_nobody_removes_a_file_between_its_writing_and_its_line",
    ),
    "It is verified when it is read": (
        "tests/store/test_blobs.py::test_a_file_that_is_lost_is_told_and_the_rest_is_there",
        "tests/session/test_attachments.py::test_what_is_lost_goes_as_its_name_and_the_answer_says_so",
    ),
    "It is deleted with the last conversation": (
        "tests/store/test_blobs.py::test_a_file_goes_with_the_last_conversation_that_names_it",
        "tests/store/test_blobs.py::test_emptying_the_trash_removes_what_nobody_else_names",
        "tests/store/test_blobs.py::test_forgetting_conversations_removes_every_file_and_counts_it",
    ),
    "Known keys are removed from every line": (
        "tests/store/test_journal.py::test_a_real_key_is_redacted_in_every_text_and_a_word_in_none",
        "tests/store/test_blobs.py::test_a_key_in_an_attached_text_is_not_kept",
    ),
    "lmdeck 0.1.0 wrote files of schema 1": ("tests/store/test_schema1.py",),
    "They remain readable": (
        "tests/store/test_schema1.py::test_a_file_of_schema_1_reads_as_it_read_when_it_was_written",
    ),
    "Continuing a conversation of schema 1": (
        "tests/store/test_schema2.py::test_a_conversation_of_schema_1_goes_on_as_one_of_schema_2",
        "tests/store/test_schema2.py::test_a_program_that_is_killed_while_it_goes_on_loses_no_line",
    ),
    "lmdeck 0.1.0 opens files of schema 2": (
        "tests/store/test_schema2.py::test_a_conversation_of_schema_1_goes_on_as_one_of_schema_2",
    ),
    "This version does the same": (
        "tests/store/test_conversations.py::test_a_newer_conversation_is_read_only",
    ),
    # docs/embeddings.md
    "A provider of the category *Embedding*": (
        "tests/runtime/test_diagnosing.py::test_an_embedding_model_gets_no_chat",
    ),
    "Enter tests it": (
        "tests/ui/shell/test_providers_screen.py::test_enter_on_an_embedding_provider_tests_it_and_again",
    ),
    "`lmdeck check NAME` ends with *Vectors*": (
        "tests/probe/test_vectors.py::test_a_healthy_one_tells_count_size_norm_tokens_and_time",
    ),
    "*Vectors* alone decides": (
        "tests/probe/test_vectors.py::test_a_batch_that_is_refused_is_a_warning_with_what_was_measured",
    ),
    "They are then sent": (
        "tests/probe/test_vectors.py::test_what_becomes_of_other_formats_and_sizes_is_told",
    ),
    "A vector must match its text": (
        "tests/probe/test_vectors.py::test_the_index_counts_and_not_the_place_in_the_answer",
        "tests/probe/test_vectors.py::test_vectors_that_do_not_follow_the_order_of_the_texts_are_the_verdict",
    ),
    "Base64 numbers must equal": (
        "tests/probe/test_vectors.py::test_base64_of_other_numbers_is_the_verdict",
    ),
    "If they differ, the list is": (
        "tests/probe/test_vectors.py::test_numbers_that_depend_on_the_place_in_the_batch_are_no_fault_of_base64",
        "tests/probe/test_vectors.py::test_numbers_that_wobble_from_request_to_request_are_no_fault_of_base64",
    ),
    "A server that ignores or refuses `base64`": (
        "tests/probe/test_vectors.py::test_clients_that_ask_for_base64_by_default_are_warned",
    ),
    "The report says whether `dimensions` is honoured": (
        "tests/probe/test_vectors.py::test_each_wish_has_its_outcome",
    ),
    "There is also a warning if the two": (
        "tests/probe/test_vectors.py::test_a_model_that_finds_others_closer_is_implausible",
    ),
    "*Speed* sends 1, 8 and 32": (
        "tests/probe/test_vectors.py::test_the_speed_is_measured_one_by_one_and_in_batches_of_new_texts",
    ),
    "A batch that is refused": (
        "tests/probe/test_vectors.py::test_a_batch_that_is_refused_is_a_warning_with_what_was_measured",
    ),
    "`check --json` has all of it": (
        "tests/probe/test_vectors.py::test_a_healthy_one_tells_count_size_norm_tokens_and_time",
    ),
    "`check --deep` also tests whether": (
        "tests/probe/deep/test_every_outcome.py::test_the_outcome_of_a_server",
    ),
    "`t` in the list and F5": (
        "tests/wired/test_ledger.py::test_a_test_from_a_screen_leaves_exactly_one_line",
        "tests/runtime/test_embedding.py::test_the_text_of_the_provider_is_sent_with_three_to_compare_it_with",
    ),
    "The result shows size, norm": (
        "tests/ui/shell/test_providers_screen.py::test_enter_on_an_embedding_provider_tests_it_and_again",
    ),
    "It is plausible only": (
        "tests/ui/shell/test_providers_screen.py::test_vectors_that_fit_no_meaning_are_not_called_plausible",
        "tests/core/test_cosine.py::test_plausible_is_where_the_two_alike_are_the_closest",
    ),
    "`lmdeck embed TEXT` prints": (
        "tests/cli/test_embed.py::test_people_see_size_norm_tokens_time_and_the_beginning_of_the_vector",
        "tests/cli/test_embed.py::test_the_json_contract",
    ),
    "Without `-p` or `--url` the default": (
        "tests/cli/test_embed.py::test_the_default_provider_for_embeddings_is_asked",
    ),
    "A chat provider is used only": (
        "tests/cli/test_embed.py::test_a_provider_for_chats_is_asked_only_for_a_model_that_is_named",
    ),
    "`-` reads one text from stdin": (
        "tests/cli/test_embed.py::test_stdin_is_one_text",
        "tests/cli/test_embed.py::test_or_each_line_is_one",
    ),
    "`--similar FILE` ranks": (
        "tests/cli/test_embed.py::test_the_lines_of_a_file_are_ranked_with_their_numbers",
    ),
    "Lines are sent in batches": (
        "tests/cli/test_embed.py::test_many_lines_go_in_batches_that_the_server_takes",
        "tests/net/test_embedding_batches.py::test_each_text_gets_its_own_vector_and_is_sent_once",
    ),
    "A server that refuses a batch": (
        "tests/net/test_embedding_batches.py::test_a_batch_that_is_refused_is_halved_once_and_for_all",
    ),
    "`--rerank` ranks them": (
        "tests/cli/test_embed.py::test_a_rerank_model_ranks_them",
        "tests/net/test_rerank.py::test_the_route_is_found_and_told_as_one_exchange",
        "tests/net/test_rerank.py::test_tei_gets_texts",
    ),
    "Its scores are shown": (
        "tests/wire/test_rerank.py::test_the_forms_of_servers_are_read_in_the_order_of_the_documents",
    ),
    "The exit codes are those of `ask`": (
        "tests/cli/test_embed.py::test_a_spent_budget_sends_nothing",
        "tests/cli/test_embed.py::test_ctrl_c_ends_it_with_130",
        "tests/cli/test_embed.py::test_what_does_not_go_together_is_wrong_usage",
    ),
    "Each request is a line of the": (
        "tests/cli/test_embed.py::test_the_default_provider_for_embeddings_is_asked",
    ),
    "`--json` has all its numbers": ("tests/cli/test_embed.py::test_the_json_contract",),
    "`--top N` changes that": (
        "tests/cli/test_embed.py::test_the_lines_of_a_file_are_ranked_with_their_numbers",
    ),
    "`--within-budget` sends no paid request": (
        "tests/cli/test_embed.py::test_a_spent_budget_sends_nothing",
    ),
    # docs/costs.md
    "lmdeck writes a line into its ledger": (
        "tests/runtime/test_ledger.py::test_each_door_leaves_exactly_one_line_for_each_exchange",
        "tests/cli/test_costs_command.py::test_each_command_that_sends_leaves_one_line_for_each_exchange_before_it_ends",
        "tests/wired/test_ledger.py::test_a_test_from_a_screen_leaves_exactly_one_line",
    ),
    "A line holds the time": (
        "tests/core/test_ledger.py::test_a_line_tells_who_when_what_and_how_much",
        "tests/runtime/test_ledger.py::test_no_text_and_no_key_is_in_the_ledger",
    ),
    "The ledger is private": ("tests/store/test_ledger_file.py::test_lines_are_kept_by_month_and_private",),
    "`lmdeck costs` sums it up": (
        "tests/cli/test_costs_command.py::test_the_table_fits_80_columns_and_names_what_is_not_priced",
    ),
    "`--by` sums by provider": (
        "tests/core/test_costs.py::test_every_dimension_has_the_same_totals",
        "tests/cli/test_costs_command.py::test_the_json_is_the_contract",
        "tests/cli/test_costs_command.py::test_a_csv_is_safe_in_a_spreadsheet",
    ),
    "`--short` prints one line": ("tests/cli/test_costs_command.py::test_a_shell_prompt_gets_one_line",),
    "Days begin at midnight": (
        "tests/core/test_costs.py::test_days_begin_at_the_midnight_of_the_zone",
        "tests/cli/test_costs_command.py::test_a_period_has_whole_days_here_or_in_utc",
    ),
    "An amount is (prompt": ("tests/core/test_ledger.py::test_a_line_tells_who_when_what_and_how_much",),
    "Amounts are exact decimals": (
        "tests/core/test_costs.py::test_a_month_of_10_000_lines_in_four_currencies_is_exact_to_the_last_digit",
    ),
    "The built-in demo has made-up prices": (
        "tests/cli/test_costs_command.py::test_the_demo_is_counted_at_its_made_up_prices",
    ),
    "Without a cached input price": (
        "tests/core/test_ledger.py::test_cached_tokens_cost_the_input_price_where_they_have_none",
        "tests/core/test_ledger.py::test_cached_tokens_that_nobody_told_cost_the_full_price",
    ),
    "Tokens written to a cache": (
        "tests/core/test_ledger.py::test_writes_to_a_cache_are_kept_and_make_the_amount_an_estimate",
    ),
    "If the server reports the cost": (
        "tests/core/test_ledger.py::test_the_servers_own_figure_is_the_amount_with_ours_beside",
        "tests/runtime/test_ledger.py::test_the_servers_own_price_is_the_amount",
    ),
    "Prices and amounts stay on the line": ("tests/core/test_ledger.py::test_history_is_never_priced_anew",),
    "Answers that had no price": (
        "tests/cli/test_costs_command.py::test_old_answers_get_a_price_by_a_command_alone",
    ),
    "Counts that contradict each other": (
        "tests/cli/test_ask_figures.py::test_counts_that_contradict_the_text_are_noted",
    ),
    "Tokens that appear only in the server's total": (
        "tests/wire/test_usage_shapes.py::test_thinking_in_the_sum_alone_is_counted_and_priced_as_output",
        "tests/cli/test_odd_servers.py::test_thinking_that_stands_in_the_sum_alone_is_counted",
    ),
    "With your own key behind OpenRouter": (
        "tests/wire/test_reply.py::test_the_cost_that_the_server_reports_is_read",
        "tests/cli/test_odd_servers.py::test_the_cost_of_an_account_is_not_doubled",
    ),
    "Prices are per 1,000": (
        "tests/store/test_providers.py::test_every_digit_of_a_price_is_kept_and_numbers_are_accepted",
    ),
    "Token counts come from the server's `usage`": (
        "tests/session/test_chat_session.py::test_no_usage_becomes_an_estimate_marked_as_one",
        "tests/ui/chat/test_figures_screen.py::test_estimates_and_unknowns_keep_their_marks",
    ),
    "Unknown values show as `—`": (
        "tests/ui/chat/test_status_parts.py::test_unknown_is_a_dash_and_never_a_zero",
    ),
    "Price 0 shows as `free`": (
        "tests/ui/chat/test_status_parts.py::test_free_is_said",
        "tests/ui/chat/test_figures_screen.py::test_free_and_unpriced_differ",
    ),
    "Estimates are within about": (
        "tests/session/test_chat_session.py::test_no_usage_becomes_an_estimate_marked_as_one",
    ),
    "The last token is the last text": (
        "tests/core/test_token_rate.py::test_tokens_without_text_at_the_end_are_waited_for_and_counted",
        "tests/core/test_token_rate.py::test_an_end_that_was_held_back_is_no_token",
    ),
    "A later end of the stream does not count": (
        "tests/core/test_token_rate.py::test_an_end_that_was_held_back_is_no_token",
    ),
    "A figure is reported by the server": (
        "tests/ui/chat/test_figures_screen.py::test_estimates_and_unknowns_keep_their_marks",
    ),
    "A sum that lacks something": (
        "tests/core/test_costs.py::test_what_is_not_priced_is_named_and_makes_the_sum_a_lower_bound",
    ),
    "A stopped or interrupted answer": (
        "tests/runtime/test_ledger.py::test_an_answer_that_was_stopped_costs_at_least_what_came",
        "tests/e2e/test_stopped_costs.py::test_ask_that_is_stopped",
    ),
    "An answer from a gateway's cache": (
        "tests/core/test_ledger.py::test_a_reply_out_of_a_gateways_cache_makes_every_amount_an_estimate",
        "tests/wire/test_choices.py::test_a_reply_out_of_a_gateways_cache_is_marked",
    ),
    "Repeated requests are": (
        "tests/runtime/test_ledger.py::test_what_an_earlier_request_used_is_paid_as_well",
    ),
    "Currencies are never added": ("tests/core/test_costs.py::test_currencies_stand_apart",),
    "With `[rates]`": (
        "tests/cli/test_costs_command.py::test_currencies_are_never_added_and_rates_give_one_line_more",
        "tests/ui/costs/test_costs_screen.py::test_currencies_are_shown_together_at_the_rates_of_the_settings",
    ),
    "A budget counts what is known": (
        "tests/core/test_costs.py::test_a_budget_over_unknown_prices_is_a_lower_bound_and_counts_them",
        "tests/core/test_costs.py::test_other_currencies_count_only_at_a_rate",
    ),
    "A budget of a provider that neither": (
        "tests/cli/test_costs_command.py::test_a_budget_of_a_provider_that_nobody_knows_is_told",
    ),
    "A gateway such as LiteLLM passes": (
        "tests/ui/chat/test_times_window.py::"
        "test_a_gateway_that_tells_no_times_has_a_sentence_and_says_what_would_show_more",
    ),
    "Check that server directly": (
        "tests/ui/chat/test_times_window.py::"
        "test_a_gateway_that_tells_no_times_has_a_sentence_and_says_what_would_show_more",
    ),
    "If a recognised server reports no times": (
        "tests/ui/chat/test_times_window.py::"
        "test_a_known_server_that_tells_no_times_has_a_sentence_on_what_its_part_is_made_of",
    ),
    "Ollama shows its own": (
        "tests/ui/chat/test_times_window.py::test_what_is_unknown_is_said_with_what_would_show_it",
    ),
    "Reasoning is separated as in a chat": (
        "tests/probe/deep/test_rules.py::test_every_judge_sees_the_answer_as_the_chat_splits_it",
    ),
    "An answer that was cut off before": (
        "tests/probe/deep/test_rules.py::test_c1_3_a_cut_answer_is_repeated_with_256_tokens_and_then_proves_nothing",
    ),
    "A test whose answers came from": (
        "tests/probe/deep/test_rules.py::test_c1_14_two_results_from_two_places_are_not_one_verdict",
    ),
    "`lmdeck costs --budget` exits": (
        "tests/cli/test_costs_command.py::test_budgets_are_told_and_end_with_4_when_spent",
    ),
    "`lmdeck ask --within-budget`": (
        "tests/cli/test_costs_command.py::test_ask_sends_nothing_beyond_a_budget",
    ),
    "A budget that cannot be read is reported": (
        "tests/cli/test_costs_command.py::test_a_budget_that_cannot_be_read_is_told_and_voids_no_other",
        "tests/cli/test_costs_command.py::test_nothing_is_sent_within_a_budget_that_cannot_be_read",
    ),
    "In the screens each paid request asks": (
        "tests/ui/chat/test_budget.py::test_at_100_percent_is_asked_with_what_is_not_priced_and_once_a_chat",
        "tests/ui/costs/test_budget_of_requests.py::test_tests_of_the_list_and_the_form_ask_once_for_both",
        "tests/ui/costs/test_budget_of_requests.py::test_a_diagnosis_asks_before_it_checks",
    ),
    "Free requests never ask": (
        "tests/ui/costs/test_budget_of_requests.py::test_what_is_free_is_within_every_budget",
    ),
    "The projection, from the third day on": (
        "tests/core/test_costs.py::test_the_projection_is_of_the_same_calendar_month",
    ),
    "By provider and by model, an extra line": (
        "tests/cli/test_costs_command.py::test_owners_are_told_what_a_million_tokens_cost_on_their_hardware",
    ),
    "With a price per GPU hour": (
        "tests/core/test_costs.py::test_failures_speed_and_hardware_are_beside_the_money",
        "tests/wired/test_provider_fields.py::test_a_field_has_its_effect",
    ),
    "Any number of lmdeck processes": (
        "tests/store/test_ledger_file.py::test_four_processes_that_are_killed_lose_at_most_their_last_lines",
    ),
    "On a network disk": (
        "tests/store/test_ledger_file.py::test_on_a_networks_disk_each_process_has_files_of_its_own",
    ),
    "While an answer is running, its line waits": (
        "tests/store/test_ledger_sent.py::test_a_line_that_was_left_is_settled_once",
        "tests/store/test_ledger_sent.py::test_one_whose_end_is_in_the_ledger_is_not_settled",
        "tests/store/test_ledger_sent.py::test_nothing_is_settled_while_its_process_lives",
        "tests/store/test_ledger_sent.py::test_processes_that_settle_at_once_add_each_line_once",
        "tests/e2e/test_killed_costs.py::test_an_answer_that_was_complete_has_its_line_alone",
    ),
    "It has the estimated tokens of the prompt and of the text": (
        "tests/e2e/test_killed_costs.py::test_a_chat_costs_the_text_that_its_journal_has",
        "tests/store/test_ledger_sent.py::test_the_answer_is_that_of_the_turn_that_had_begun_last",
    ),
    "For `ask`, tests and checks no text is saved": (
        "tests/e2e/test_killed_costs.py::test_what_has_no_journal_costs_at_least_its_prompt",
    ),
    "For vectors, scores and tests of abilities the tokens": (
        "tests/e2e/test_killed_costs.py::test_of_vectors_the_texts_are_known",
    ),
    "On a disk without file locks": (
        "tests/store/test_ledger_sent.py::test_on_a_disk_without_locks_nothing_is_kept",
    ),
    "If the ledger cannot be written": (
        "tests/runtime/test_ledger.py::test_a_disk_that_refuses_is_told_and_spending_goes_on",
    ),
    "Damaged lines are left out": (
        "tests/store/test_ledger_file.py::test_torn_and_damaged_lines_cost_themselves_and_are_counted",
        "tests/runtime/test_ledger.py::test_damaged_lines_are_told",
    ),
    "Older chats are read": (
        "tests/runtime/test_ledger.py::test_older_chats_are_in_the_first_report_and_once",
        "tests/store/test_ledger_file.py::test_older_chats_are_read_without_texts_copies_and_what_is_known",
    ),
    "`lmdeck forget conversations` keeps": (
        "tests/store/test_ledger_file.py::test_to_forget_chats_keeps_the_ledger_and_the_other_way_round",
    ),
    # docs/structured-answers.md
    "`lmdeck ask --schema FILE` prints": (
        "tests/cli/test_ask_schema.py::test_the_schema_is_sent_unchanged_and_only_the_json_is_printed",
        "tests/cli/test_ask_schema.py::test_what_is_not_valid_ends_with_1_and_its_reason",
        "tests/engine/test_engine_schema.py::test_the_embedded_model_answers_by_the_schema",
    ),
    "Stdout has the JSON only": (
        "tests/cli/test_ask_schema.py::test_what_is_printed_is_the_json_letter_by_letter",
        "tests/cli/test_ask_schema.py::test_only_json_reaches_a_pipe_in_a_terminal_without_unicode",
        "tests/core/test_json_answer.py::test_what_is_printed_is_the_same_value_and_commands_nothing",
    ),
    "The schema is sent unchanged": (
        "tests/cli/test_ask_schema.py::test_the_schema_is_sent_unchanged_and_only_the_json_is_printed",
    ),
    "`--schema -` reads it from stdin": (
        "tests/cli/test_ask_schema.py::test_a_schema_comes_through_a_pipe_where_that_is_asked_for",
        "tests/cli/test_ask_schema.py::test_stdin_is_the_schema_alone",
    ),
    "A compact form of it follows": (
        "tests/cli/test_ask_schema.py::test_a_limit_and_a_system_prompt_of_the_user_stay",
        "tests/cli/test_ask_schema.py::test_a_schema_of_many_pages_is_not_repeated_in_the_prompt",
    ),
    "A token limit is always sent": (
        "tests/cli/test_ask_schema.py::test_the_schema_is_sent_unchanged_and_only_the_json_is_printed",
        "tests/cli/test_ask_schema.py::test_a_limit_and_a_system_prompt_of_the_user_stay",
    ),
    "A file without a valid schema": (
        "tests/cli/test_ask_schema.py::test_a_wrong_schema_is_refused_before_anything_is_sent",
        "tests/core/test_schema_check.py::test_nothing_is_fetched",
    ),
    "**Every answer is validated here**": (
        "tests/cli/test_ask_schema.py::test_each_way_of_asking_is_validated_here",
        "tests/engine/test_engine_schema.py::test_a_pattern_that_the_engine_skips_is_judged_here",
        "tests/cli/test_ask_schema.py::test_what_is_not_valid_ends_with_1_and_its_reason",
        "tests/cli/test_ask_schema.py::test_json_in_the_reasoning_is_taken_with_a_note_only_if_it_is_valid",
        "tests/cli/test_ask_schema.py::test_endless_white_space_is_stopped_while_it_streams",
        "tests/core/test_json_answer.py::test_what_is_not_one_json_value_is_refused",
    ),
    "The first violation is shown": (
        "tests/core/test_schema_check.py::test_the_first_violation_has_its_place_and_a_sentence",
        "tests/core/test_schema_check.py::test_what_can_be_mended_is_told_before_what_follows_from_it",
        "tests/cli/test_ask_schema.py::test_the_first_violation_and_the_answer_are_shown",
    ),
    "`format` is not checked": (
        "tests/core/test_schema_check.py::test_a_price_is_a_multiple_of_a_cent_and_a_format_is_not_judged",
    ),
    "Patterns are those of ECMA-262": (
        "tests/core/test_schema_pattern.py::test_a_pattern_means_what_it_means_in_ecma_262",
    ),
    "A pattern that Python cannot run": (
        "tests/core/test_schema_pattern.py::test_what_is_no_pattern_or_what_python_cannot_run_is_refused",
    ),
    "A reference that leads nowhere": (
        "tests/core/test_schema_check.py::test_what_is_no_schema_is_refused_with_its_place",
        "tests/core/test_schema_check.py::test_a_schema_of_ordinary_recursion_is_one",
    ),
    "A server that refuses the form": (
        "tests/cli/test_ask_schema.py::test_the_ladder_is_climbed_after_a_refusal_that_names_the_field",
        "tests/cli/test_ask_schema.py::test_no_other_refusal_is_a_reason_to_climb",
    ),
    "If it refuses a keyword": (
        "tests/cli/test_ask_schema.py::test_a_refused_keyword_is_shown_and_strict_is_offered",
        "tests/core/test_schema_strict.py::test_what_changes_is_counted_and_the_rest_stays",
        "tests/core/test_schema_strict.py::test_objects_are_closed_wherever_they_stand",
        "tests/core/test_schema_strict.py::test_what_became_nullable_may_be_null_and_what_was_whole_and_valid_stays_so",
    ),
    "`oneOf` of objects becomes `anyOf`": (
        "tests/core/test_schema_strict.py::test_null_for_what_may_be_left_out_fits_one_of_several_forms",
        "tests/core/test_schema_strict.py::test_one_of_several_forms_stays_that_where_no_null_can_blur_them",
    ),
    "A schema that has no such form": (
        "tests/cli/test_ask_schema.py::test_what_has_no_strict_form_is_refused_before_anything_is_sent",
    ),
    "`--retry` asks a second time": (
        "tests/cli/test_ask_schema.py::test_one_retry_with_the_reason_and_without_the_answer",
        "tests/cli/test_ask_schema.py::test_what_was_cut_is_not_asked_again",
    ),
    "`--json` has `structured`": (
        "tests/cli/test_ask_schema.py::test_the_first_violation_and_the_answer_are_shown",
        "tests/cli/test_ask_schema.py::test_validity_and_the_value_are_in_the_report",
    ),
    "Its `usage`, `cost` and `server_cost`": (
        "tests/cli/test_ask_schema.py::test_usage_and_cost_are_of_all_tries_together",
        "tests/cli/test_ask_schema.py::test_a_try_that_failed_after_some_text_is_a_part_of_the_sum",
    ),
    "A chat does the same": (
        "tests/wired/test_structured.py::test_one_line_under_the_answer_says_what_it_is_worth",
        "tests/wired/test_structured.py::test_the_plain_chat_says_the_same",
        "tests/wired/test_structured.py::test_a_schema_that_ask_refuses_is_refused_in_the_chat_in_the_same_words",
        "tests/wired/test_structured.py::test_a_chat_judges_by_the_rules_of_ask",
    ),
    "It neither changes the form": (
        "tests/wired/test_structured.py::test_a_refusal_in_a_chat_is_shown_and_asked_no_other_way",
    ),
    # docs/abilities.md
    "`lmdeck check NAME --deep` tests": (
        "tests/cli/test_check_abilities.py::test_deep_tests_all_of_them_and_a_plain_check_none",
        "tests/engine/test_engine_abilities.py::test_what_the_built_in_model_can_do",
    ),
    "In the diagnosis screen `t` does": (
        "tests/ui/diagnosis/test_abilities.py::test_the_cost_is_said_before_a_key_tests",
        "tests/ui/diagnosis/test_abilities.py::test_results_appear_one_by_one_and_stay",
    ),
    "`--only tools,json_schema` tests": (
        "tests/cli/test_check_abilities.py::test_the_answer_as_json_follows_the_schema",
        "tests/cli/test_check_abilities.py::test_wrong_usage_names_what_is_right",
    ),
    "An answer alone is never a yes": (
        "tests/probe/deep/test_rules.py::test_c1_1_an_answer_alone_is_never_a_yes",
    ),
    "Tools, a system prompt or an image": (
        "tests/probe/deep/test_rules.py::test_c1_2_a_template_without_tools_is_told_by_the_count_of_prompt_tokens",
        "tests/probe/deep/test_every_outcome.py::test_the_outcome_of_a_server",
    ),
    "A tool call inside the text": (
        "tests/probe/deep/test_rules.py::test_c1_7_a_call_as_text_is_a_server_without_a_parser",
    ),
    "A missing ability is not a failure": (
        "tests/cli/test_check_abilities.py::test_deep_tests_all_of_them_and_a_plain_check_none",
    ),
    "What the server claims": (
        "tests/wire/test_claims.py::test_each_kind_of_server_is_read",
        "tests/probe/deep/test_rules.py::test_c1_13_what_is_claimed_stands_beside_what_was_seen",
    ),
    "If a different model than the one": (
        "tests/probe/deep/test_rules.py::test_c1_14_another_model_that_answers_is_named_beside_the_result",
    ),
    "If the chat showed reasoning and": (
        "tests/probe/deep/test_rules.py::test_reasoning_is_off_where_the_way_to_switch_it_is_known",
    ),
    "Requests and tokens are shown before": (
        "tests/cli/test_check_abilities.py::test_the_cost_is_said_first_then_each_ability_in_a_row",
        "tests/probe/deep/test_every_outcome.py::test_all_tests_together_stay_within_the_tokens_that_are_promised",
    ),
    "Tests run one at a time": (
        "tests/probe/deep/test_rules.py::test_a_failure_of_one_test_does_not_end_the_others",
        "tests/probe/deep/test_rules.py::test_each_request_is_told_to_the_ledger_as_a_check_one_at_a_time",
    ),
    "The ledger records them as checks": (
        "tests/probe/deep/test_rules.py::test_each_request_is_told_to_the_ledger_as_a_check_one_at_a_time",
    ),
    "Results are remembered for a week": (
        "tests/core/test_ability_memory.py::test_c1_12_it_is_kept_for_a_week_at_most",
        "tests/runtime/test_known_abilities.py::test_it_is_known_in_the_next_run_for_the_same_build",
        "tests/cli/test_check_abilities.py::test_a_check_that_is_cut_off_remembers_what_it_has_found",
        "tests/wired/test_abilities.py::test_what_a_stopped_test_has_found_is_remembered",
    ),
    "What was not tried is not remembered": (
        "tests/core/test_ability_memory.py::test_c1_10_a_passing_fault_is_never_remembered",
    ),
    "The diagnosis shows them": (
        "tests/ui/diagnosis/test_abilities.py::test_remembered_results_are_shown_with_their_age",
    ),
    "Before an image goes to a model": (
        "tests/cli/test_plain_attaching.py::test_a_model_whose_test_showed_no_images_is_asked_about_before_the_first_one",
        "tests/wired/test_attaching.py::test_a_model_that_refused_an_image_is_asked_about_before_the_next_one",
        "tests/runtime/test_known_abilities.py::test_no_and_ignored_mean_no_images",
    ),
    "An answer to an image in a chat": (
        "tests/runtime/test_known_abilities.py::test_c1_12_an_answer_to_an_image_in_a_chat_outweighs_any_test",
    ),
    "The check of all active providers": (
        "tests/cli/test_check_matrix.py::test_the_table_has_what_each_can_and_a_sentence_for_who_cannot_be_reached",
        "tests/cli/test_check_matrix.py::test_blocks_fit_and_have_every_provider_once",
    ),
    "The cost of the tests is shown": (
        "tests/cli/test_check_matrix.py::test_the_table_has_what_each_can_and_a_sentence_for_who_cannot_be_reached",
    ),
    "A provider that cannot be reached gets": (
        "tests/cli/test_check_matrix.py::test_the_table_has_what_each_can_and_a_sentence_for_who_cannot_be_reached",
    ),
    "`--markdown` prints the table": (
        "tests/cli/test_check_matrix.py::test_markdown_is_a_table_for_a_readme_and_alone_on_stdout",
        "tests/cli/test_check_matrix.py::test_what_has_changed_is_marked_from_what_is_remembered",
    ),
    "`--json` has the abilities": (
        "tests/cli/test_check_matrix.py::test_what_has_changed_is_marked_from_what_is_remembered",
    ),
    "**What has changed** since": (
        "tests/cli/test_check_matrix.py::test_what_has_changed_is_marked_from_what_is_remembered",
        "tests/wired/test_abilities_screen.py::test_what_is_remembered_is_there_at_once_and_changes_are_marked",
    ),
    "The previous test is remembered": (
        "tests/core/test_ability_memory.py::test_what_it_was_before_is_known_until_a_test_shows_the_same_again",
    ),
    "A test that could not be tried": (
        "tests/cli/test_check_matrix.py::test_what_has_changed_is_marked_from_what_is_remembered",
    ),
    "In the provider list, `M` opens": (
        "tests/wired/test_abilities_screen.py::test_the_cost_is_said_before_and_the_table_fills",
    ),
    "It shows the remembered results": (
        "tests/wired/test_abilities_screen.py::test_what_is_remembered_is_there_at_once_and_changes_are_marked",
        "tests/wired/test_abilities_screen.py::test_the_cost_is_said_before_and_the_table_fills",
    ),
    "`t` tests all providers": (
        "tests/wired/test_abilities_screen.py::test_the_cost_is_said_before_and_the_table_fills",
    ),
    "Enter shows the evidence": (
        "tests/wired/test_abilities_screen.py::test_enter_shows_the_evidence_and_d_diagnoses",
        "tests/wired/test_abilities_screen.py::test_the_evidence_is_beside_the_table_where_all_providers_fit",
    ),
    "Left and Right go to other providers": (
        "tests/wired/test_abilities_screen.py::test_other_providers_come_into_sight",
        "tests/wired/test_abilities_screen.py::test_enter_shows_the_evidence_and_d_diagnoses",
        "tests/wired/test_abilities_screen.py::test_it_is_exported",
    ),
    "Esc stops the tests": (
        "tests/wired/test_abilities_screen.py::test_escape_stops_the_tests_and_keeps_what_ended",
    ),
}
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ABILITIES = (ROOT / "docs/abilities.md").read_text(encoding="utf-8")
COSTS = (ROOT / "docs/costs.md").read_text(encoding="utf-8")
JOURNAL = (ROOT / "docs/journal.md").read_text(encoding="utf-8")
STRUCTURED = (ROOT / "docs/structured-answers.md").read_text(encoding="utf-8")
EMBEDDINGS = (ROOT / "docs/embeddings.md").read_text(encoding="utf-8")
TIME = (ROOT / "docs/time.md").read_text(encoding="utf-8")


def test_every_sentence_is_linked() -> None:
    sentences, tables = sentences_and_tables(
        "\n\n".join(
            (
                *(SECURITY, JOURNAL, COSTS, EMBEDDINGS, TIME, STRUCTURED, ABILITIES),
                *(assurance.HEAD, servers.HEAD, provider_pages.HEAD),
            )
        )
    )
    assert not_linked(sentences, (*SHOWN, *NO_PROMISE)) == ([], [])
    # "The time of an answer has eight parts"; tests/core/test_figures.py; "Every answer is validated";
    # tests/probe/deep/cases.py
    assert tables == ["part", "figure", "the answer", "word"]


def test_no_page_is_left_out() -> None:
    """The pages for builders promise nothing to users."""
    pages = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert pages == {
        "abilities.md",
        "architecture.md",
        "assurance.md",
        "causes.md",
        "chat.md",
        "commands.md",
        "costs.md",
        "dialects.md",
        "embeddings.md",
        "glossary.md",
        "history.md",
        "install.md",
        "journal.md",
        "keys.md",
        "providers.md",
        "recipes.md",
        "servers.md",
        "settings.md",
        "structured-answers.md",
        "time.md",
    }


@pytest.mark.parametrize("test", sorted({test for tests in SHOWN.values() for test in tests}))
def test_a_linked_test_exists(test: str) -> None:
    assert_test_exists(test)


def test_every_promise_is_measured() -> None:
    promised = re.findall(r"^\*\*(.+?)\.?\*\*", SECURITY, re.MULTILINE)
    assert len(promised) == 7
    assert set(promised) <= {promise.words for promise in assurance.PROMISES}


@pytest.mark.parametrize("promise", assurance.PROMISES, ids=lambda promise: promise.name)
def test_what_measures_a_promise_exists(promise: assurance.Promise) -> None:
    for test in promise.tests:
        assert (ROOT / test).exists()
