"""Each sentence of the README and of the pages for users is linked to the tests that show it.

A sentence that is added or changed fails ``test_every_sentence_is_linked`` until ``SHOWN`` has it: write the
beginning of the sentence and the tests. ``NO_PROMISE`` is for what says nothing of the program.
"""

from __future__ import annotations

import re

import pytest

from tests.support.prose import ROOT, assert_test_exists, not_linked, sentences_and_tables
from tools import commands_pages
from tui.cli.parser import build_parser

OF_USERS = ("chat", "history", "settings", "dialects", "install", "recipes")
PAGES = ("README.md", *(f"docs/{name}.md" for name in OF_USERS))
TEXT = "\n\n".join((ROOT / page).read_text(encoding="utf-8") for page in PAGES) + commands_pages.HEAD

NO_PROMISE = (
    "Made for the keyboard, SSH",
    "Or install the command:",
    "Before you connect an agent:",
    "From a clone of this repository",
    "With an older Python:",
    "`?` (in the prompt:",
    "**Chat with a local vLLM**",
    "**What it can do and how fast it is**:",
    "**What it cost**:",
    "**Find an old conversation**:",
    "On a machine with a network",
    "Copy the folder, then",
    "The built-in model, from the same folder:",
    "lmdeck is imported as `tui`",
    "Give it an environment of its own",
    "Exit codes:",
    "Two providers are built in:",
    "*SmolLM2 on this machine*",
    "*Source*:",
    "*docs*:",
    "*run*:",
    "*reported*:",
    "On Linux:",
    "All lines of `config.toml`",
    "The built-in model has 135",
    "Apache-2.0",
)
SHOWN: dict[str, tuple[str, ...]] = {
    "`uv tool install --python 3.12": ("tests/packaging/test_make.py::test_a_python_that_is_too_old",),
    "`make run PYTHON=": ("tests/packaging/test_make.py::test_a_python_that_is_too_old",),
    "F1) shows the keys that work here": (
        "tests/ui/shell/test_shell.py::test_f1_opens_help_once_and_closes_it",
        "tests/wired/test_command_completion.py::test_a_slash_opens_the_list_above_the_prompt_and_typing_narrows_it",
        "tests/wired/test_palette_names.py",
    ),
    "**Find out why an endpoint fails**": (
        "tests/wired/test_every_key.py::test_each_key_of_a_place_does_something",
        "tests/ui/chat/test_offers.py",
        "tests/test_document_commands.py::test_every_command_works",
    ),
    "Each block can be copied and run": ("tests/test_document_commands.py::test_every_command_works",),
    "`check` waits for a server": ("tests/cli/test_waiting.py",),
    "Its exit code is 0 once": (
        "tests/cli/test_waiting.py",
        "tests/cli/test_common_promises.py::test_the_exit_codes",
    ),
    "`--json` has the answer": ("tests/cli/test_ask.py::test_the_json_contract",),
    "**h** lists them": (
        "tests/ui/chat/test_full_text_search.py::test_enter_opens_the_chat_at_the_first_hit_and_the_search_continues",
        "tests/test_document_commands.py::test_every_command_works",
    ),
    "`lmdeck chat --plain` does the same": ("tests/cli/test_plain_chat.py",),
    "`lmdeck engine install` adds": (
        "tests/engine/test_engine_missing.py::test_installing_takes_the_pinned_versions_and_the_model_without_dependencies",
    ),
    "lmdeck works without it": (
        "tests/engine/test_engine_missing.py::test_a_failed_install_says_that_the_program_works_without",
    ),
    "`lmdeck completion bash` (or": (
        "tests/cli/test_completion.py::test_tab_completes_in_a_shell",
        "tests/cli/test_completion.py::test_providers_models_presets_and_causes",
        "tests/cli/test_completion.py::test_chats_by_their_identity",
    ),
    "The wheel installs the scripts": (
        "tests/packaging/test_wheel.py::test_the_wheel_brings_completions_and_the_man_page",
    ),
    "`man lmdeck` shows this page": (
        "tests/packaging/test_wheel.py::test_the_wheel_brings_completions_and_the_man_page",
        "tests/cli/test_completion.py::test_the_manual_is_set_without_a_complaint",
    ),
    "Where another package of that name": (
        "tests/packaging/test_start.py::test_another_package_of_the_name_is_explained",
        "tests/packaging/test_start.py::test_files_that_went_with_the_other_package_are_explained",
    ),
    "`lmdeck` alone opens": ("tests/e2e/test_first_chat.py",),
    "`lmdeck COMMAND --help`": ("tests/cli/test_completion.py::test_the_pages_are_current",),
    "`lmdeck ask hi --url": (
        "tests/cli/test_common_promises.py::test_ask_with_a_url_saves_no_provider_and_no_chat",
    ),
    "With `--json`, a command prints one object": (
        "tests/cli/test_json_results.py::test_the_keys_are_the_same_whatever_becomes_of_it",
        "tests/cli/test_json_results.py::test_files_that_cannot_be_read_change_no_shape",
        "tests/cli/test_json_results.py::test_a_crash_is_told_on_both_streams",
        "tests/cli/test_json_results.py::test_each_line_of_a_repeated_check_has_the_same_keys",
    ),
    "JSON schemas: [every command]": (
        "tests/cli/test_json_results.py::test_the_keys_are_the_same_whatever_becomes_of_it",
    ),
    "Each has a `schema_version`": (
        "tests/cli/test_json_results.py::test_the_keys_are_the_same_whatever_becomes_of_it",
        "tests/cli/test_exit_codes.py::test_the_code_of_a_failure_is_that_of_its_cause",
    ),
    "`0` done": (
        "tests/cli/test_common_promises.py::test_the_exit_codes",
        "tests/cli/test_costs_command.py::test_ask_sends_nothing_beyond_a_budget",
        "tests/cli/test_ask.py::test_an_interrupted_answer_is_not_ok",
    ),
    "A key that no keyboard sends": (
        "tests/ui/shell/test_own_keys.py::test_a_key_that_no_keyboard_sends_is_told",
        "tests/ui/shell/test_own_keys.py::test_a_key_that_means_something_else_there_is_told",
    ),
    "Every key can be changed": ("tests/wired/test_every_setting.py::test_a_setting_has_its_effect",),
    "`$` shows a month day by day": (
        "tests/cli/test_costs_command.py::test_the_table_fits_80_columns_and_names_what_is_not_priced",
        "tests/ui/costs/test_costs_screen.py::test_a_month_is_shown_by_provider_with_what_is_unknown_and_free",
        "tests/ui/chat/test_budget.py::test_at_80_percent_the_status_bar_has_a_word",
    ),
    "`i` shows where the time": (
        "tests/cli/test_ask_times.py::test_the_timing_line_names_each_part_and_its_source",
    ),
    "In the list of chats (`h`), Space": (
        "tests/ui/chat/test_conversations_screen.py::test_marked_ones_are_deleted_and_restored_together",
        "tests/ui/chat/test_conversations_screen.py::test_one_or_several_are_exported_and_no_file_is_replaced",
    ),
    "A pinned chat stays": (
        "tests/ui/chat/test_conversations_screen.py::test_pinned_ones_stay_at_the_top_and_on_disk",
    ),
    "In a chat, `p` and `x`": (
        "tests/ui/chat/test_chat_screen.py::test_a_chat_is_pinned_and_exported_from_within",
        "tests/cli/test_plain_chat.py::test_a_chat_is_pinned_and_exported",
    ),
    "An unsent message comes back": (
        "tests/e2e/test_unsent_messages.py::test_a_killed_program_loses_no_word",
        "tests/e2e/test_unsent_messages.py::test_the_plain_chat_loses_no_word_either",
    ),
    "`o` sorts the results": (
        "tests/ui/chat/test_full_text_search.py"
        "::test_the_best_match_has_the_words_in_its_title_or_else_the_most_lines",
    ),
    "`/copy 2` copies the second": (
        "tests/ui/chat/test_chat_screen.py"
        "::test_a_block_of_code_is_copied_by_the_number_that_the_transcript_shows",
        "tests/ui/chat/test_chat_screen.py::test_the_whole_conversation_is_copied_as_markdown_without_keys",
        "tests/ui/chat/test_chat_screen.py::test_figures_are_those_of_the_selected_message_or_of_the_last",
    ),
    "When a program is killed or": (
        "tests/e2e/test_interrupted_chats.py::test_the_next_start_offers_it_once",
    ),
    "`lmdeck history` finds, prints": (
        "tests/cli/test_history_command.py::test_a_chat_is_named_by_number_identity_or_title",
        "tests/cli/test_history_command.py::test_a_chat_is_printed_with_prompts_answers_and_figures",
    ),
    "`search` finds words": (
        "tests/cli/test_history_search.py::test_lines_of_prompts_and_answers_are_found_the_newest_chat_first",
        "tests/cli/test_history_search.py::test_reasoning_is_searched_on_a_switch",
        "tests/cli/test_history_search.py::test_conditions_choose",
        "tests/cli/test_history_search.py::test_a_turn_is_chosen_by_what_it_has_and_a_chat_by_its_cost",
    ),
    "The list of conversations (**h**)": (
        "tests/ui/chat/test_full_text_search.py::test_conditions_choose",
        "tests/ui/chat/test_full_text_search.py"
        "::test_enter_opens_the_chat_at_the_first_hit_and_the_search_continues",
    ),
    "Exports have no keys": (
        "tests/cli/test_history_files.py::test_no_export_has_a_key_whenever_it_became_known",
    ),
    "Markdown and HTML are for reading": (
        "tests/cli/test_history_files.py::test_a_page_has_no_script_and_no_control_character",
        "tests/cli/test_history_files.py::test_everything_comes_back",
        "tests/cli/test_history_files.py::test_messages_are_ready_for_a_request",
    ),
    "`import` reads all of them": (
        "tests/session/test_history_formats.py",
        "tests/cli/test_history_files.py::test_the_log_of_llm_becomes_chats_with_its_times",
        "tests/cli/test_history_files.py::test_a_second_import_doubles_nothing",
    ),
    "A deleted chat stays in the trash": (
        "tests/cli/test_history_command.py::test_a_deleted_chat_is_in_the_trash_and_comes_back",
    ),
    "`--report` writes": (
        "tests/cli/test_server_words.py::test_a_report_of_a_failing_endpoint_has_all_that_is_needed",
        "tests/cli/test_server_words.py::test_a_report_goes_to_stdout_alone",
    ),
    "References in an imported file": (
        "tests/cli/test_import_command.py::test_a_file_names_no_secret_of_this_machine",
        "tests/cli/test_import_command.py::test_a_flag_allows_them",
        "tests/cli/test_import_command.py::test_a_person_is_asked_for_each_one",
        "tests/cli/test_trust_command.py::test_once_confirmed_it_is_used_until_others_change_it",
    ),
    "`env:NAME`, `cmd:pass show x`": ("tests/store/test_keys.py::test_no_shell_reads_a_command",),
    "Chat with, diagnose and track": (
        "tests/e2e/test_first_chat.py",
        "tests/wired/test_screens.py::test_a_screen_works_on_the_real_runtime",
    ),
    "When something breaks": ("tests/probe/test_catalogue.py", "tests/core/test_causes.py"),
    "Works with any server that speaks": (
        "tests/net/test_chat_transcripts.py",
        "tests/wire/test_fingerprint.py",
    ),
    "lmdeck needs Python 3.11 or newer": (
        "tests/packaging/test_make.py::test_a_python_that_is_too_old",
        "tests/packaging/test_make.py::test_a_python_without_venv",
    ),
    "`make test` runs the tests": ("tests/packaging/test_make.py::test_the_help_lists_every_target",),
    "`make run` (or `lmdeck`) opens": ("tests/e2e/test_first_chat.py",),
    "Press **Enter** to chat": (
        "tests/wired/test_every_key.py::test_each_key_of_a_place_does_something",
        "tests/e2e/test_first_chat.py",
    ),
    "**Enter** sends": (
        "tests/wired/test_every_key.py::test_each_key_of_a_place_does_something",
        "tests/ui/chat/test_chat_screen.py::test_escape_stops_and_keeps_what_came",
    ),
    "While an answer streams, **Enter** queues": (
        "tests/ui/chat/test_queue.py::test_messages_wait_in_sight_and_go_out_one_after_the_other",
        "tests/ui/chat/test_queue.py::test_alt_up_takes_the_last_one_back_and_a_draft_is_not_lost",
    ),
    "Queued messages are sent one by one": (
        "tests/ui/chat/test_queue.py::test_it_is_sent_with_the_model_and_the_settings_of_that_moment",
        "tests/session/test_queued_branches.py",
    ),
    "An answer that is stopped, fails": (
        "tests/session/test_prompt_queue.py::test_any_end_but_a_complete_answer_holds_the_queue",
        "tests/ui/chat/test_queue.py::test_stopping_holds_the_rest_and_says_how_to_continue",
    ),
    "`/queue go` sends it": (
        "tests/e2e/test_queue.py::test_what_waits_is_there_after_the_program_died",
        "tests/ui/chat/test_queue.py::test_a_reopened_chat_shows_what_waits_and_sends_nothing",
    ),
    "The header of a chat shows how much": (
        "tests/ui/chat/test_context_gauge.py::test_the_header_has_what_is_used_and_what_the_draft_adds",
        "tests/core/test_context_use.py::test_what_the_server_counted_is_taken_as_it_is",
    ),
    "Before a message that cannot fit": (
        "tests/ui/chat/test_context_gauge.py::test_what_cannot_fit_is_asked_about_once_and_says_what_is_largest",
        "tests/cli/test_plain_chat.py::test_a_message_that_cannot_fit_is_told_before_it_is_sent",
    ),
    "Press **a** in the list": ("tests/wired/test_every_key.py::test_each_key_of_a_place_does_something",),
    "The form checks the values": (
        "tests/ui/shell/test_provider_form.py::test_a_url_is_judged_while_it_is_typed_and_one_key_repairs_it",
        "tests/wired/test_screens.py::test_a_screen_works_on_the_real_runtime",
    ),
    "**Test** sends a real message": (
        "tests/ui/shell/test_provider_form.py::test_the_test_sends_the_unsaved_values",
    ),
    "In the prompt the same actions are commands": (
        "tests/ui/shell/test_bindings.py::test_a_command_does_what_a_key_does",
        "tests/wired/test_command_completion.py::test_a_slash_opens_the_list_above_the_prompt_and_typing_narrows_it",
    ),
    "`/` lists them, Tab completes": (
        "tests/wired/test_command_completion.py::test_the_keys_choose_and_tab_uses",
    ),
    "Only a typed `/` makes a command or a preset": (
        "tests/wired/test_presets.py::test_what_a_paste_begins_with_is_neither_a_preset_nor_a_command",
    ),
    "Several lines that arrive at once from a terminal": (
        "tests/e2e/test_prompt_keys.py::test_lines_without_bracketed_paste_are_one_message",
    ),
    "If the size of the context is unknown": (
        "tests/wired/test_context_of_a_chat.py::test_the_window_is_asked_for_once_after_an_answer",
        "tests/wired/test_context_of_a_chat.py::test_a_first_message_that_cannot_fit_is_asked_about",
    ),
    "Up and Ctrl+R bring back earlier prompts": (
        "tests/wired/test_prompt_search.py::test_typing_narrows_ctrl_r_goes_to_older_ones_and_enter_uses_the_match",
    ),
    "A chat that is open in another": (
        "tests/cli/test_plain_chat.py::test_a_chat_that_is_open_elsewhere_keeps_its_name",
        "tests/cli/test_plain_chat.py::test_a_chat_of_a_newer_lmdeck_says_why_it_is_read_only",
    ),
    "It says so and accepts no": (
        "tests/ui/chat/test_chat_screen.py::test_a_conversation_open_elsewhere_is_read_only_until_copied",
    ),
    "Once the other lmdeck closes it": (
        "tests/e2e/test_chat_in_two_windows.py::test_the_second_window_continues_where_the_first_one_ended",
        "tests/e2e/test_chat_in_two_windows.py::test_line_by_line_it_is_seen_with_the_next_message",
    ),
    "Filters without any text": (
        "tests/cli/test_history_search.py::test_conditions_alone_list_the_chats_that_fit",
        "tests/cli/test_history_search.py::test_a_turn_is_chosen_by_what_it_has_and_a_chat_by_its_cost",
    ),
    "`e` (or `/edit`) brings a message back": (
        "tests/ui/chat/test_editing.py::test_the_selected_message_is_edited_and_what_followed_it_comes_back",
        "tests/ui/chat/test_editing.py::test_the_command_edits_the_last_message_or_that_of_a_number",
    ),
    "A preset is a TOML file": (
        "tests/wired/test_presets.py::test_a_name_sends_the_template_with_what_the_preset_sets",
        "tests/wired/test_presets.py::test_a_preset_may_ask_another_provider_and_keeps_the_present_one_where_that_is_gone",
    ),
    "`/review TEXT` uses": ("tests/wired/test_presets.py::test_the_plain_chat_and_ask_use_presets",),
    "`{{input}}` in the template": (
        "tests/wired/test_presets.py::test_what_is_filled_in_is_never_filled_in_again",
    ),
    "`lmdeck presets` lists yours": (
        "tests/wired/test_presets.py::test_the_samples_are_good_presets_and_keep_your_files",
    ),
    "Its keys are `description`": (
        "tests/wired/test_presets.py::test_every_key_that_the_page_names_is_one",
        "tests/wired/test_presets.py::test_what_a_preset_leaves_out_stays",
    ),
    "Sending it begins a branch": (
        "tests/session/test_branches.py",
        "tests/ui/chat/test_editing.py::test_the_selected_message_is_edited_and_what_followed_it_comes_back",
    ),
    "`/branches` shows them all as a tree.": (
        "tests/ui/chat/test_editing.py::test_the_tree_of_branches_leads_to_each_of_them",
        "tests/cli/test_plain_chat.py::test_an_edited_message_is_a_branch_and_both_can_be_read",
    ),
    "`@` and a path in a message attach": (
        "tests/wired/test_attaching.py::test_a_path_may_be_typed_with_lines_or_quotation_marks",
        "tests/wired/test_attaching.py::test_a_picture_is_sent_byte_for_byte_again_with_each_prompt",
    ),
    "A list above the prompt suggests files": (
        "tests/wired/test_attaching.py::test_a_mention_is_chosen_from_the_list_and_its_file_is_sent_and_told",
        "tests/store/test_path_index.py::test_what_git_tracks_comes_first_then_what_it_does_not_ignore",
    ),
    "`/attach FILE` and `lmdeck ask -f FILE`": (
        "tests/wired/test_attaching.py::test_the_command_mentions_the_files_of_a_pattern",
        "tests/cli/test_ask_files.py::test_a_pattern_means_the_files_that_match_but_for_hidden_ones",
    ),
    "Files are read when you send": (
        "tests/wired/test_attaching.py::test_a_file_that_changed_since_is_read_again_and_that_is_said",
        "tests/cli/test_ask_files.py::test_what_cannot_be_attached_is_refused_before_anything_is_sent",
    ),
    "In the transcript each attachment is one line": (
        "tests/wired/test_attaching.py::test_what_is_attached_opens_by_enter_space_and_click",
    ),
    "A paste of more than 20 lines": (
        "tests/wired/test_large_pastes.py::test_a_large_paste_is_a_token_that_is_sent_in_full",
        "tests/wired/test_large_pastes.py::test_a_key_opens_it",
    ),
    "F1 (or `?` outside a text field) shows": (
        "tests/ui/shell/test_shell.py::test_f1_opens_help_once_and_closes_it",
    ),
    "lmdeck recognises the server": (
        "tests/wire/test_fingerprint.py",
        "tests/probe/test_evidence.py",
    ),
    "Any other server with this API": ("tests/net/test_chat_transcripts.py",),
    "A parameter that a server refuses": (
        "tests/net/test_chat_retries.py::test_a_refused_parameter_is_dropped_said_and_remembered",
        "tests/net/test_chat_retries.py::test_several_refused_parameters_are_dropped_one_by_one",
    ),
    "The status bar always shows the tokens": (
        "tests/ui/chat/test_status_parts.py::test_tokens_and_cost_outlast_everything_at_60_columns",
    ),
    "The figures of a message show the calculation": (
        "tests/core/test_figures.py::test_the_sum_of_the_arithmetic_is_the_cost",
    ),
    "`lmdeck paths` shows": ("tests/wired/test_places.py::test_a_place_holds_what_its_line_says",),
    "All files are private to you": (
        "tests/assurance/test_private_files.py::test_no_file_is_ever_open_to_others",
    ),
    "Unreadable files are set aside": (
        "tests/store/test_endpoint_memory.py::test_a_broken_file_is_kept_aside",
        "tests/store/test_providers.py::test_a_malformed_file_is_reported_and_never_changed",
    ),
    "A provider that is renamed keeps its chats": (
        "tests/cli/test_renamed_providers.py::test_filters_find_the_chats_by_either_name",
        "tests/cli/test_renamed_providers.py::test_costs_are_counted_as_its_own",
        "tests/cli/test_renamed_providers.py::test_whoever_takes_the_old_name_inherits_nothing",
    ),
    "Budgets and presets with its old name": (
        "tests/cli/test_renamed_providers.py::test_what_the_files_say_of_it_is_said_of_it_still",
        "tests/cli/test_renamed_providers.py::test_what_the_files_say_is_said_of_whoever_has_the_name",
    ),
    "While `providers.toml` cannot be read": (
        "tests/store/test_providers.py::test_a_malformed_file_at_the_start_falls_back_to_the_version_before",
        "tests/cli/test_unreadable_providers.py::test_nothing_is_sent",
        "tests/cli/test_unreadable_providers.py::test_nothing_is_changed",
    ),
    "Several lmdecks can run at once": (
        "tests/store/test_sessions.py::test_processes_never_lose_each_others_edits_even_when_killed",
        "tests/store/test_conversations.py::test_one_session_writes_the_other_reads_or_forks",
    ),
    "A provider's API key is one of": (
        "tests/store/test_keys.py::test_a_variable_is_read_without_the_space_around_it",
        "tests/store/test_keys.py::test_no_shell_reads_a_command",
        "tests/store/test_keys.py::test_a_private_file_is_read",
        "tests/store/test_keys.py::test_a_file_that_others_can_use_is_refused",
        "tests/store/test_keys.py::test_a_stored_key_is_found_by_its_provider",
        "tests/wired/test_key_renewal.py::test_a_chat_goes_on_with_the_next_key",
    ),
    "Every field with its key": (
        "tests/core/test_provider_schema.py::test_the_page_is_current",
        "tests/core/test_provider_schema.py::test_the_json_schema_is_current",
        "tests/cli/test_provider_set.py::test_both_commands_write_every_field",
    ),
    "You can edit `providers.toml` by hand": (
        "tests/test_documents.py::test_its_files_can_be_read",
        "tests/store/test_providers.py::test_a_change_by_hand_is_noticed",
        "tests/wired/test_provider_fields.py::test_a_field_has_its_effect",
    ),
    "`lmdeck --log FILE": (
        "tests/runtime/test_debug_log.py::test_a_command_writes_each_phase_and_each_decision",
        "tests/runtime/test_debug_log.py::test_a_log_goes_on_and_is_made_private",
    ),
    "Keys are removed from it, prompts": (
        "tests/runtime/test_debug_log.py::test_no_key_is_in_it_wherever_it_stands",
        "tests/runtime/test_debug_log.py::test_a_command_writes_each_phase_and_each_decision",
    ),
    "Chat Completions only": (
        "tests/cli/test_ask_figures.py::test_an_answer_of_tool_calls_is_printed_and_ends_with_0",
    ),
    "Linux and macOS": (
        "tests/machine/test_machine.py::test_a_system_without_proc_knows_nothing",
        "tests/probe/test_discover.py::test_without_proc_the_usual_ports_are_asked",
        "tests/store/test_paths.py::test_macos_keeps_its_own_places",
    ),
    "`make help` lists all targets": ("tests/packaging/test_make.py::test_the_help_lists_every_target",),
}
TABLES: dict[str, tuple[str, ...]] = {
    "page": ("tests/test_documents.py::test_every_link_leads_somewhere",),
    "with": ("tests/packaging/test_make.py", "tests/packaging/test_wheel.py"),
    "what": (
        "tests/wired/test_places.py::test_a_place_holds_what_its_line_says",
        "tests/store/test_paths.py::test_the_system_wide_folder_has_a_default",
    ),
    "variable": (
        "tests/store/test_paths.py::test_the_xdg_folders_are_used_as_they_are_set",
        "tests/net/test_proxies.py::test_the_variables_name_the_proxy",
        "tests/net/test_proxies.py::test_no_proxy_knows_names_addresses_ranges_and_ports",
        "tests/ui/shell/test_shell.py::test_an_ssh_line_is_calm_unless_the_settings_say_otherwise",
        "tests/runtime/test_clipboard.py::test_tmux_comes_first_and_hands_on",
        "tests/runtime/test_clipboard.py::test_a_display_has_its_tool",
        "tests/runtime/test_debug_log.py::test_a_command_writes_each_phase_and_each_decision",
    ),
}
"""Tables by the title of their first column; those of keys, causes and servers are made from the program."""


def test_every_sentence_is_linked() -> None:
    sentences, tables = sentences_and_tables(TEXT)
    assert not_linked(sentences, (*SHOWN, *NO_PROMISE)) == ([], [])
    assert sorted(tables) == sorted(TABLES)


@pytest.mark.parametrize(
    "test", sorted({test for tests in (*SHOWN.values(), *TABLES.values()) for test in tests})
)
def test_a_linked_test_exists(test: str) -> None:
    assert_test_exists(test)


def test_every_option_that_is_named_is_accepted() -> None:
    help_texts = [build_parser().format_help()]
    parsers = [build_parser()]
    for parser in parsers:
        for action in parser._actions:
            choices = action.choices if isinstance(action.choices, dict) else {}
            parsers += choices.values()
            help_texts += [child.format_help() for child in choices.values()]
    text = re.sub(r"^.*(python|pip|pipx|uv|uvx|mypy) .*$", "", TEXT, flags=re.MULTILINE)
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))
    assert {"--plain", "--json", "--timing", "--report"} <= named
    assert {option for option in named if not any(option in shown for shown in help_texts)} == set()
