"""Floor 1: what is said. Pure values: parts, messages, tools, options, events, turns.

Knows: the words of a conversation and how a stream of events folds into a turn.
Never knows: Gemma's spelling of them (`wire`), or who delivers them (`runtimes`).
"""

from gemwright.messages.events import (
    Event,
    Malformed,
    RepairApplied,
    TextDelta,
    ThinkingDelta,
    ThinkingEnded,
    ToolCallDelta,
    ToolCallEnded,
    ToolCallStarted,
    TurnEnded,
    TurnStarted,
    UsageReported,
)
from gemwright.messages.fold import Folder, fold
from gemwright.messages.media import Media
from gemwright.messages.message import Message, Role, assistant, system, tool_result, user
from gemwright.messages.options import GenerationOptions
from gemwright.messages.parts import Audio, Image, Part, Text, Thinking, ToolCall, ToolResult, Video
from gemwright.messages.serial import message_from_json, message_to_json, turn_from_json, turn_to_json
from gemwright.messages.tools import ToolChoice, ToolSpec
from gemwright.messages.turn import FinishReason, IncompleteCall, Repair, Turn, Usage

__all__ = [
    "Audio",
    "Event",
    "FinishReason",
    "Folder",
    "GenerationOptions",
    "Image",
    "IncompleteCall",
    "Malformed",
    "Media",
    "Message",
    "Part",
    "Repair",
    "RepairApplied",
    "Role",
    "Text",
    "TextDelta",
    "Thinking",
    "ThinkingDelta",
    "ThinkingEnded",
    "ToolCall",
    "ToolCallDelta",
    "ToolCallEnded",
    "ToolCallStarted",
    "ToolChoice",
    "ToolResult",
    "ToolSpec",
    "Turn",
    "TurnEnded",
    "TurnStarted",
    "Usage",
    "UsageReported",
    "Video",
    "assistant",
    "fold",
    "message_from_json",
    "message_to_json",
    "system",
    "tool_result",
    "turn_from_json",
    "turn_to_json",
    "user",
]
