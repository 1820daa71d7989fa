"""Our prompts against those that a real llama.cpp makes of the same messages with the same template.

The server puts a front of its own before the template, and runs the template in its own engine, not in Jinja2. Every
vector on which the two differ is named below with the reason; all others have to agree byte for byte, but for the <bos>,
which the server leaves to its tokenizer. A new difference fails, and so does one that has gone.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, Final

from gemwright.foundation.errors import BadMessages, RuntimeRejected
from gemwright.foundation.http import Http
from gemwright.launch.embedded import Engine
from gemwright.wire import SMALL, render_json
from gemwright.wire.segments import text_of

VECTORS: Final = Path(__file__).parents[1] / "golden" / "render.jsonl"
SORTS: Final = "its template engine sorts upper before lower case"
TRIMS: Final = "its template engine trims ASCII blanks only"
NUMBERS: Final = "its template engine prints floats without exponent, and big integers as floats"
TYPE_LISTS: Final = "its template engine has no mapping filter, which type lists inside items need"
PREFILL: Final = "a last message of the model is continued, not closed"
NO_PREFILL: Final = "a last message with calls cannot be continued, so it is refused"
FIELD: Final = "it reads thoughts from reasoning_content alone"
CONTENT: Final = "content has to be text or a list of parts"
PARTS: Final = "parts have to be text, or media that the loaded model takes"
TOOLS: Final = "it reads tools into a form of its own: no response schema, and a description that is text"
LEGACY: Final = "it knows no tool_responses beside calls"
OPENER: Final = "a prompt that ends with a closed turn gets an opener, which the template leaves out there"
BOOLEAN: Final = "enable_thinking has to be true or false"

DIFFERENCES: Final[dict[str, tuple[str, ...]]] = {
    SORTS: (
        "decl_dictsort_ties_keep_order",
        "decl_array_of_objects",
        "decl_array_items_anyof_default",
        "decl_array_items_mixed_case_keys",
        "decl_dictsort_case_insensitive",
        "decl_dictsort_unicode",
        "call_nested",
        "call_keys_sorted_case_insensitive",
    ),
    TRIMS: ("user_trimmed_c0_separators", "user_trimmed_unicode_spaces"),
    NUMBERS: ("call_big_ints", "call_floats"),
    TYPE_LISTS: ("decl_array_items_type_list",),
    PREFILL: (
        "assistant_last_no_genprompt",
        "assistant_last_genprompt_large",
        "assistant_merge_broken_by_system",
        "reasoning_content_field",
        "reasoning_whitespace_not_trimmed",
        "reasoning_after_last_user",
        "reasoning_both_fields_first_wins",
        "reasoning_empty_falls_back",
        "reasoning_list_error",
        "reasoning_and_inline_channel",
        "reasoning_control_tokens_verbatim",
        "reasoning_field_thinking_ignored",
        "reasoning_first_message_is_system_index_shift",
        "result_content_and_answer_joined",
        "result_nameless_unknown_id",
        "call_on_user_message",
    ),
    NO_PREFILL: (
        "call_empty_args_pending",
        "call_pending_no_genprompt",
        "call_pending_thinking_large",
        "legacy_mapping",
        "legacy_nested_mapping",
    ),
    FIELD: (
        "reasoning_preserve_with_calls_kept",
        "reasoning_loop_after_user",
        "agent_full_round_preserved",
        "injection_everywhere",
    ),
    CONTENT: ("user_number_content", "system_content_float", "result_number"),
    PARTS: (
        "system_parts_nontext",
        "user_part_text_missing",
        "user_image_then_text",
        "user_image_url_text_spaces",
        "user_video_and_unknown",
        "user_audio_parts",
        "assistant_parts_each_stripped",
        "result_parts_text_concatenated",
        "result_parts_media_after_block",
        "agent_multimodal_tool_loop",
        "long_mixed_history",
    ),
    TOOLS: (
        "decl_fn_response_string_unbalanced",
        "decl_fn_response_type_only",
        "decl_fn_response_object",
        "decl_fn_description_null",
        "call_args_string_error",
    ),
    LEGACY: (
        "legacy_string_number_list",
        "legacy_names_defaulted",
        "legacy_wins_over_tool_messages",
        "legacy_with_content_then_user",
    ),
    OPENER: ("result_one_character_content_closes",),
    BOOLEAN: ("thinking_truthy_string",),
}


async def server_prompt(http: Http, vector: dict[str, Any]) -> str | None:
    """The server's prompt, with <bos>; None where it refuses."""
    options = dict(vector["options"])
    body: dict[str, Any] = {
        "messages": vector["messages"],
        "add_generation_prompt": bool(options.pop("add_generation_prompt", False)),
        "chat_template_kwargs": {"enable_thinking": False, **options},
    }
    if vector["tools"] is not None:
        body["tools"] = vector["tools"]
    try:
        answer = await http.post_json("/apply-template", body)
    except RuntimeRejected:
        return None
    return "<bos>" + str(answer["prompt"])


def our_prompt(vector: dict[str, Any]) -> str | None:
    """Our prompt in the dialect of the server's model; None where it is refused."""
    try:
        return text_of(render_json(vector["messages"], vector["tools"], dialect=SMALL, options=vector["options"]))
    except BadMessages:
        return None


def test_prompts_differ_only_as_named(engine: Engine) -> None:
    """Whoever compares the lanes must be able to trust that nothing else is different."""
    vectors = [json.loads(line) for line in VECTORS.read_text("utf-8").split("\n") if line]

    async def compare() -> set[str]:
        http = Http(engine.url)
        try:
            return {v["name"] for v in vectors if our_prompt(v) != await server_prompt(http, v)}
        finally:
            await http.aclose()

    named = {name for names in DIFFERENCES.values() for name in names}
    assert len(named) == sum(map(len, DIFFERENCES.values()))
    assert asyncio.run(compare()) == named
    assert len(vectors) - len(named) > 100
